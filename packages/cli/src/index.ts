/** The command line interface. `serve` runs a server; all other commands use the HTTP API with the SDK. */
export { runCli } from './cli.ts'
export { exitCodes } from './exit-codes.ts'
export type { Host } from './host.ts'
