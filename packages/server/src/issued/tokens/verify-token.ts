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
  type RegisteredCredential,
  type Registry,
  type Unrecognized,
  whyUnusable,
} from '../credentials/index.ts'
import type { KeyRing, SigningKey } from '../signing-keys/index.ts'
import type { RevokedTokens } from './revoked-tokens.ts'

/** A token that is good now, and what it may do: its scope, as far as the credential still holds it. */
export type LiveToken = {
  readonly claims: AccessTokenClaims
  readonly credential: RegisteredCredential
  readonly granted: readonly string[]
}

/** A live token, or why it is none; the credential where the signature was right. */
export type TokenJudgement =
  | ({ readonly ok: true } & LiveToken)
  | { readonly ok: false; readonly why: Unrecognized; readonly credential?: RegisteredCredential }

/** What judging needs. */
export type JudgeDeps = {
  readonly registry: Registry
  readonly keyRing: KeyRing
  readonly revoked: RevokedTokens
  readonly isFresh: () => boolean
  readonly clock: Clock
  readonly issuer: string
}

const REMEMBERED_MAX = 20_000

/** Whether a text has the form of a JWT rather than of one of our secrets: three segments. */
export function isAccessToken(text: string): boolean {
  return text.startsWith('ey') && text.includes('.')
}

/**
 * Makes the judge of access tokens. A signature is checked once and remembered; expiry, revocation of
 * token and credential, and what the credential may do are judged anew each time. What was revoked is
 * identified by `jti` and credential, never by the token's text, which has more than one spelling.
 *
 * @throws {AppError} `unavailable` when the change feed cannot be read: a revocation might be unknown
 */
export function createJudge(deps: JudgeDeps): (token: string) => Promise<TokenJudgement> {
  const remembered = createVerifiedCache<Checked>({ entriesMax: REMEMBERED_MAX })
  return async (token) => {
    const now = deps.clock.now()
    const known = remembered.get(token)
    const checked = known ?? check(deps, token, now)
    if (typeof checked === 'string') {
      return { ok: false, why: checked === 'expired' ? 'expired' : 'malformed' }
    }
    const { claims, key: signer } = checked
    if (known === undefined) remembered.set(token, checked)
    // A key that was withdrawn verifies nothing any more, however often it did before.
    else if (deps.keyRing.find(signer.kid, signer.algorithm, now) === undefined) {
      return { ok: false, why: 'malformed' }
    }
    const key = { by: 'id', value: claims.cred } as const
    const credential = deps.registry.peek(key) ?? (await deps.registry.load(key))
    if (credential === undefined) return { ok: false, why: 'not_found' }
    if (claims.exp * 1_000 <= now) return { ok: false, why: 'expired', credential }
    const why = whyUnusable(credential, now)
    if (why !== undefined) return { ok: false, why, credential }
    if (!deps.isFresh()) throw new AppError('unavailable', { retryAfterSeconds: 1 })
    if (deps.revoked.has(claims.jti)) return { ok: false, why: 'revoked', credential }
    return { ok: true, claims, credential, granted: narrow(claims, credential) }
  }
}

/** A token whose signature was right, and the key that says so. */
type Checked = { readonly claims: AccessTokenClaims; readonly key: SigningKey }

// We never issue a token for longer: whoever holds a key of ours cannot make one either.
const LIFETIME_SECONDS_MAX = 3_600

function check(deps: JudgeDeps, token: string, nowMs: number): Checked | TokenFault {
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

/** The common case, a token with everything that its credential holds, compares two texts. */
function narrow(claims: AccessTokenClaims, credential: RegisteredCredential): readonly string[] {
  if (claims.scope === credential.scope) return credential.granted
  if (claims.scope === undefined) return []
  return claims.scope.split(' ').filter((name) => credential.grantedSet.has(name))
}
