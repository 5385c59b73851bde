import { runCli } from './cli.ts'
import { serve } from './serve.ts'

/** Runs the command of a process. */
export async function run(host: NodeJS.Process): Promise<void> {
  const [, , ...args] = host.argv
  // The reader of a pipe can stop early, such as in `keyporter credentials list | head`.
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    host.exit(error.code === 'EPIPE' ? 0 : 1)
  })
  if (args[0] === 'serve') await serve(args.slice(1), host)
  else host.exitCode = await runCli(args, host)
}
