/** The command line: every command talks to a server through the SDK; serve alone runs one. */
export { runCli } from './cli.ts'
export { exitCodes } from './exit-codes.ts'
export type { Host } from './host.ts'
