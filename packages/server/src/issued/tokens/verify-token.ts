import { verify as verifySignature } from 'node:crypto'
import {
  type AccessTokenClaims,
  concatToDer,
  createVerifiedCache,
  type SigningAlgorithm,
  type TokenFault,
  verifyAccessToken,
} from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../platform/clock.ts'
import {
  type AuthenticatedCredential,
  type CachedCredential,
  type CredentialCache,
  decideUse,
  type RejectedAuth,
} from '../credentials/index.ts'
import type { KeyRing, SigningKey } from '../signing-keys/index.ts'
import type { RevokedTokens } from './revoked-tokens.ts'

/** A credential that was authenticated by an access token. */
export type AuthenticatedToken = AuthenticatedCredential & { readonly claims: AccessTokenClaims }

/** The result of verifying a token. */
export type TokenResult = AuthenticatedToken | RejectedAuth

/** Dependencies of {@link createTokenVerifier}. */
export type TokenVerifierDeps = {
  readonly credentialCache: CredentialCache
  readonly keyRing: KeyRing
  readonly revoked: RevokedTokens
  readonly isFresh: () => boolean
  readonly clock: Clock
  readonly issuer: string
}

const ENTRIES_MAX = 20_000

/**
 * Creates the verifier of access tokens. A valid signature is cached. Expiry, the revocation of the token and
 * of its credential, and the credential's permissions are checked on every call. A revoked token is
 * identified by its `jti` and credential, because one token can be encoded in more than one way.
 *
 * @throws {AppError} `unavailable` while the change feed is stale: a revocation could be missing
 */
export function createTokenVerifier(
  deps: TokenVerifierDeps,
): (token: string) => Promise<TokenResult> {
  const cache = createVerifiedCache<SignedToken>({ entriesMax: ENTRIES_MAX })
  return async (token) => {
    const now = deps.clock.now()
    const cached = cache.get(token)
    const signed = cached ?? verifySignatureAndClaims(deps, token, now)
    if (typeof signed === 'string') {
      return { kind: 'rejected', code: signed === 'expired' ? 'expired' : 'malformed' }
    }
    const { claims, key: signer } = signed
    if (cached === undefined) cache.set(token, signed)
    // The signing key may have been withdrawn since the signature was cached.
    else if (deps.keyRing.find(signer.kid, signer.algorithm, now) === undefined) {
      return { kind: 'rejected', code: 'malformed' }
    }
    const key = { by: 'id', value: claims.cred } as const
    const credential = deps.credentialCache.peek(key) ?? (await deps.credentialCache.load(key))
    if (credential === undefined) return { kind: 'rejected', code: 'not_found' }
    const expiresAtMs = claims.exp * 1_000
    if (expiresAtMs <= now) return { kind: 'rejected', code: 'expired', credential }
    const granted = intersectScope(claims, credential)
    const authenticated: AuthenticatedToken = {
      kind: 'authenticated',
      credential,
      secret: undefined,
      granted,
      expiresAtMs,
      claims,
    }
    const decision = decideUse(authenticated, now)
    if (decision.kind === 'rejected') return { kind: 'rejected', code: decision.code, credential }
    if (!deps.isFresh()) throw new AppError('unavailable', { retryAfterSeconds: 1 })
    if (deps.revoked.has(claims.jti)) return { kind: 'rejected', code: 'revoked', credential }
    return authenticated
  }
}

/** A token with a valid signature, and the key that signed it. */
type SignedToken = { readonly claims: AccessTokenClaims; readonly key: SigningKey }

// Keyporter never issues a token with a longer lifetime. Such a token is forged with a leaked signing key.
const LIFETIME_SECONDS_MAX = 3_600

function verifySignatureAndClaims(
  deps: TokenVerifierDeps,
  token: string,
  nowMs: number,
): SignedToken | TokenFault {
  let key: SigningKey | undefined
  const result = verifyAccessToken<SigningKey>(token, {
    issuer: deps.issuer,
    nowSeconds: Math.floor(nowMs / 1_000),
    findKey: (kid, alg) => {
      key = deps.keyRing.find(kid, alg, nowMs)
      return key
    },
    verify: verifyWith,
  })
  if (!result.ok) return result.fault
  const { claims } = result
  if (key === undefined || claims.exp - claims.iat > LIFETIME_SECONDS_MAX) return 'malformed'
  return { claims, key }
}

const HALF_BYTES = 32

function verifyWith(
  key: SigningKey,
  alg: SigningAlgorithm,
  signingInput: string,
  signature: Uint8Array<ArrayBuffer>,
): boolean {
  const bytes = alg === 'ES256' ? concatToDer(signature, HALF_BYTES) : signature
  const digest = alg === 'EdDSA' ? null : 'sha256'
  return (
    bytes !== undefined && verifySignature(digest, Buffer.from(signingInput), key.publicKey, bytes)
  )
}

/** Returns the permissions of the scope that the credential still has. The common case, equal scopes, is fast. */
function intersectScope(
  claims: AccessTokenClaims,
  credential: CachedCredential,
): readonly string[] {
  if (claims.scope === credential.scope) return credential.granted
  if (claims.scope === undefined) return []
  return claims.scope.split(' ').filter((name) => credential.grantedSet.has(name))
}
