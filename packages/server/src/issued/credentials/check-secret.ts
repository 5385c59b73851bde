import { timingSafeEqual } from 'node:crypto'
import { parseClientId, parseSecret } from '@keyporter/protocol'
import type { Digests } from '../../encryption/digests.ts'
import type { CachedCredential, CredentialCache, MatchedSecret } from './credential-cache.ts'
import type { SecretSnapshot } from './credential-snapshot.ts'
import { statusAt } from './rules.ts'

/** The reason for rejecting a secret. Shown to verifiers only; clients get one error for all reasons. */
export type RejectionCode = 'malformed' | 'not_found' | 'revoked' | 'suspended' | 'expired'

/** The result of looking a secret up. A rejection includes the credential when the secret matched. */
export type SecretLookup =
  | ({ readonly ok: true } & MatchedSecret)
  | {
      readonly ok: false
      readonly reason: RejectionCode
      readonly credential?: CachedCredential
      /** The credential with the given client id when the secret is wrong. For the audit log, not for responses. */
      readonly claimed?: CachedCredential
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
    if (lookup.ok) return lookup
  }
  // Skip the read for an id that Keyporter cannot have issued. The format is public: this reveals nothing.
  if (parseClientId(clientId) === undefined) return { ok: false, reason: 'not_found' }
  return match(await deps.credentialCache.load(key))
}

/** Looks a bare secret up by its digest. A secret with a wrong checksum is rejected without a lookup. */
export async function findBySecret(deps: SecretLookupDeps, secret: string): Promise<SecretLookup> {
  if (parseSecret(secret) === undefined) return { ok: false, reason: 'malformed' }
  const key = { by: 'digest', value: deps.digests.keyedDigest(secret) } as const
  const cached = deps.credentialCache.peek(key)
  if (cached !== undefined) {
    const lookup = matchSecret(cached, key.value, deps.clock.now())
    if (lookup.ok) return lookup
  }
  return matchSecret(await deps.credentialCache.load(key), key.value, deps.clock.now())
}

/** Returns the reason why a credential is not usable at an instant; undefined when it is active. */
export function findCredentialRejection(
  credential: CachedCredential,
  nowMs: number,
): RejectionCode | undefined {
  const status = statusAt(credential, nowMs)
  return status === 'active' ? undefined : status
}

/** Returns the reason why a matched secret is rejected at an instant; undefined when it is valid. */
export function findSecretRejection(
  { credential, secret }: MatchedSecret,
  nowMs: number,
): RejectionCode | undefined {
  if (secret.revokedAt !== null) return 'revoked'
  if (secret.expiresAt !== null && secret.expiresAt <= nowMs) return 'expired'
  return findCredentialRejection(credential, nowMs)
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
  if (credential === undefined) return { ok: false, reason: 'not_found' }
  if (secret === undefined) return { ok: false, reason: 'not_found', claimed: credential }
  const reason = findSecretRejection({ credential, secret }, nowMs)
  return reason === undefined ? { ok: true, credential, secret } : { ok: false, reason, credential }
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
