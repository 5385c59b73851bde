#!/usr/bin/env node
import { runCli } from './cli.ts'
import { serve } from './serve.ts'

const [, , ...args] = process.argv

// Whoever reads the output may stop reading: `keyporter credentials list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

if (args[0] === 'serve') await serve(args.slice(1), process)
else process.exitCode = await runCli(args, process)
