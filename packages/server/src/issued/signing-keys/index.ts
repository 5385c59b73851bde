/** The keys that sign access tokens: generation, publication, rotation and destruction. */

export { startDestroyingRetired } from './destroy-retired.ts'
export { ensureSigningKey } from './ensure.ts'
export { createKeyRing, type KeyRing, type SigningKey } from './key-ring.ts'
export { signingKeyRoutes } from './routes.ts'
export { JWKS_CACHE_SECONDS } from './rules.ts'
