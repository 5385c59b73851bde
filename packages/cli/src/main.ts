#!/usr/bin/env node
// Has no static imports, so that older Node versions can print the required version.
const NODE_MAJOR_MIN = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `keyporter requires Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node}. Install it from https://nodejs.org.\n`,
  )
  process.exitCode = 1
} else {
  const [, , ...args] = process.argv
  // The reader of a pipe can stop early, such as in `keyporter credentials list | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1)
  })
  if (args[0] === 'serve') {
    const { serve } = await import('./serve.ts')
    await serve(args.slice(1), process)
  } else {
    const { runCli } = await import('./cli.ts')
    process.exitCode = await runCli(args, process)
  }
}
