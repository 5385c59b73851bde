/** The keys under which secrets are sealed: rotated while Keyporter serves, and destroyed. */

export { isRekeyingDue } from './rekey.ts'
export { sealingKeyRoutes } from './routes.ts'
export { startRekeying } from './start-rekeying.ts'
