/** The keys with which access tokens are signed: made, published, rotated by the clock, destroyed. */

export { ensureSigningKey } from './ensure.ts'
export { createKeyRing, type KeyRing, type SigningKey } from './key-ring.ts'
export { signingKeyRoutes } from './routes.ts'
export { JWKS_CACHE_SECONDS } from './rules.ts'
export { startDestroyingRetired } from './start-destroying.ts'
