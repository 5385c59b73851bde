/** The TypeScript client of the HTTP API: typed by the contract, for Node 20 and later and for browsers. */
export { createKeyporter, type Keyporter, type ListCall, type Method } from './client.ts'
export type { ClientOptions, Surroundings } from './options.ts'
export type { CallOptions } from './request.ts'
export { SdkError, type Problem } from './sdk-error.ts'
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'
export { versionOf } from './version.ts'
