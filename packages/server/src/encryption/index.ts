/** The keys under which secrets are sealed: rotated while Keyporter serves, and destroyed. */

export { isRekeyingDue } from './re-encryption.ts'
export { encryptionKeyRoutes } from './routes.ts'
export { startRekeying } from './start-re-encryption.ts'
