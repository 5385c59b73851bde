/**
 * Encryption at rest: the root key, one key for each organization, their rotation and destruction.
 */

export { isReEncryptionDue } from './re-encrypt-all.ts'
export { startReEncryption } from './re-encryption-job.ts'
export { encryptionKeyRoutes } from './routes.ts'
