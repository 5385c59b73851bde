/**
 * Encryption at rest: the root key, one key for each organization, their rotation and destruction.
 */

export { isReEncryptionDue } from './re-encryption.ts'
export { encryptionKeyRoutes } from './routes.ts'
export { startReEncryption } from './start-re-encryption.ts'
