import { timingSafeEqual } from 'node:crypto'
import { parseClientId } from '@keyporter/protocol'
import type { Digests } from '../../encryption/digests.ts'
import type { CachedCredential, CredentialCache } from './credential-cache.ts'
import type { SecretSnapshot } from './credential-snapshot.ts'
import { type AuthenticatedCredential, decideUse, type RejectionCode } from './decide-use.ts'

/** The result of looking a secret up. A rejection includes the credential when the secret matched. */
export type SecretLookup =
  | AuthenticatedCredential
  | {
      readonly kind: 'rejected'
      readonly code: RejectionCode
      readonly credential?: CachedCredential
      /** The credential of the client id when the secret is wrong. For the audit log, not for responses. */
      readonly credentialOfClientId?: CachedCredential
    }

/** Dependencies of the secret lookup. */
export type SecretLookupDeps = {
  readonly credentialCache: CredentialCache
  readonly digests: Pick<Digests, 'keyedDigest'>
  readonly clock: { readonly now: () => number }
}

/**
 * Looks a client id and its secret up. A rejection from the cache is checked again against the store, so that
 * rejections are always based on current rows. Unknown, wrong and revoked secrets cost the same reads and the
 * same digest, so that response times reveal nothing.
 */
export async function findByClientSecret(
  deps: SecretLookupDeps,
  clientId: string,
  clientSecret: string,
): Promise<SecretLookup> {
  const digest = deps.digests.keyedDigest(clientSecret)
  const match = (credential: CachedCredential | undefined) =>
    matchSecret(credential, digest, deps.clock.now())
  const key = { by: 'clientId', value: clientId } as const
  const cached = deps.credentialCache.peek(key)
  if (cached !== undefined) {
    const lookup = match(cached)
    if (lookup.kind === 'authenticated') return lookup
  }
  // Skip the read for an id that Keyporter cannot have issued. The format is public: this reveals nothing.
  if (parseClientId(clientId) === undefined) return { kind: 'rejected', code: 'not_found' }
  return match(await deps.credentialCache.load(key))
}

/** Looks a bare secret up by its digest. */
export async function findBySecret(deps: SecretLookupDeps, secret: string): Promise<SecretLookup> {
  const key = { by: 'digest', value: deps.digests.keyedDigest(secret) } as const
  const cached = deps.credentialCache.peek(key)
  if (cached !== undefined) {
    const lookup = matchSecret(cached, key.value, deps.clock.now())
    if (lookup.kind === 'authenticated') return lookup
  }
  return matchSecret(await deps.credentialCache.load(key), key.value, deps.clock.now())
}

// Compared when the client is unknown, so that the response time is the same.
const DUMMY_SECRETS: readonly SecretSnapshot[] = [
  { id: '', digest: '-'.repeat(43), expiresAt: 0, revokedAt: 0 },
]

function matchSecret(
  credential: CachedCredential | undefined,
  digest: string,
  nowMs: number,
): SecretLookup {
  const secrets =
    credential === undefined || credential.secrets.length === 0 ? DUMMY_SECRETS : credential.secrets
  const secret = secrets.find((one) => isEqual(one.digest, digest))
  if (credential === undefined) return { kind: 'rejected', code: 'not_found' }
  if (secret === undefined)
    return { kind: 'rejected', code: 'not_found', credentialOfClientId: credential }
  const { granted, expiresAt } = credential
  const authenticated = {
    kind: 'authenticated',
    credential,
    secret,
    granted,
    expiresAtMs: expiresAt,
  } as const
  const decision = decideUse(authenticated, nowMs)
  return decision.kind === 'allowed'
    ? authenticated
    : { kind: 'rejected', code: decision.code, credential }
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
