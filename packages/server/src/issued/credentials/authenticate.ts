import type { RequestSource } from '../../kernel/context.ts'
import type { FailureCounter } from '../../platform/failure-counter.ts'
import { networkOf } from '../../platform/network.ts'
import { createAuthCache } from './auth-cache.ts'
import {
  findByClientSecret,
  findBySecret,
  type RejectionCode,
  type SecretLookup,
  type SecretLookupDeps,
} from './check-secret.ts'
import type { CachedCredential, MatchedSecret } from './credential-cache.ts'

/** A rejected authentication, for the audit log. */
export type Rejection = {
  readonly reason: RejectionCode | 'wrong_secret'
  readonly credential: CachedCredential | undefined
  readonly source: RequestSource
}

/** The result of an authentication attempt. */
export type AuthResult =
  | ({ readonly kind: 'authenticated' } & MatchedSecret)
  | {
      readonly kind: 'rejected'
      readonly reason: RejectionCode
      readonly credential?: CachedCredential
    }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number }

/**
 * Authenticates credentials, limits brute-force attempts and audits rejections once per burst.
 *
 * `header` is the `Authorization` header, if the secret was sent in it and nowhere else. A successful
 * authentication is cached by that header.
 */
export type Authenticator = {
  readonly authenticateClient: (
    pair: { readonly clientId: string; readonly clientSecret: string },
    source: RequestSource,
    header?: string,
  ) => Promise<AuthResult>
  readonly authenticateSecret: (
    secret: string,
    source: RequestSource,
    header?: string,
  ) => Promise<AuthResult>
  /**
   * Authenticates a header from the cache, without I/O. Undefined means a cache miss, not a rejection:
   * the caller must then use {@link Authenticator.authenticateClient} or
   * {@link Authenticator.authenticateSecret}.
   */
  readonly authenticateCached: (header: string, source: RequestSource) => MatchedSecret | undefined
}

/** Dependencies of {@link createAuthenticator}. Failures are counted per client and network, and per network. */
export type AuthenticatorDeps = SecretLookupDeps & {
  readonly failuresPerClient: FailureCounter
  readonly failuresPerNetwork: FailureCounter
  readonly audit: (rejection: Rejection) => Promise<void>
}

/** `client` is empty for a bare secret, which names no client. */
type Attempt = { readonly source: RequestSource; readonly client: string }

const UNKNOWN_NETWORK = 'unknown'

/**
 * Creates the authenticator. Too many wrong secrets for one client from one network are blocked (HTTP 429).
 * The same client is not blocked in other networks, so an attacker cannot lock a client out. A bare secret
 * has 256 random bits and names no client: its failures are counted per network only.
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const rejectAttempt = async (
    lookup: Extract<SecretLookup, { ok: false }>,
    { source, client }: Attempt,
  ): Promise<AuthResult> => {
    const network = source.ip === null ? UNKNOWN_NETWORK : networkOf(source.ip)
    deps.failuresPerNetwork.recordFailure(network)
    const clientKey = `${network} ${client}`
    const { reason, credential, claimed } = lookup
    const known = credential ?? claimed
    const count = deps.failuresPerClient.recordFailure(clientKey)
    // Unknown client ids share one burst per network: an attacker could send a new id with every request.
    const unknownClientsKey = `${network} *`
    const isFirst =
      known === undefined
        ? deps.failuresPerClient.recordFailure(unknownClientsKey) === 1
        : count === 1
    if (isFirst) {
      const audited = claimed === undefined ? reason : 'wrong_secret'
      await deps.audit({ reason: audited, credential: known, source }).catch((error: unknown) => {
        // The burst is not audited yet: reset the counter, so that the next rejection is audited.
        deps.failuresPerClient.undoFailure(known === undefined ? unknownClientsKey : clientKey)
        throw error
      })
    }
    return { kind: 'rejected', reason, ...(credential === undefined ? {} : { credential }) }
  }
  const cache = createAuthCache(deps)
  const authenticate = async (
    find: () => Promise<SecretLookup>,
    attempt: Attempt & { readonly header: string | undefined },
  ): Promise<AuthResult> => {
    const retryAfterSeconds = blockedForSeconds(deps, attempt)
    if (retryAfterSeconds !== undefined) return { kind: 'blocked', retryAfterSeconds }
    const lookup = await find()
    if (!lookup.ok) return rejectAttempt(lookup, attempt)
    const { credential, secret } = lookup
    if (attempt.header !== undefined) cache.add(attempt.header, { credential, secret })
    return { kind: 'authenticated', credential, secret }
  }
  return {
    authenticateClient: ({ clientId, clientSecret }, source, header) =>
      authenticate(() => findByClientSecret(deps, clientId, clientSecret), {
        source,
        client: clientId.slice(0, 64),
        header,
      }),
    authenticateSecret: (secret, source, header) =>
      authenticate(() => findBySecret(deps, secret), { source, client: '', header }),
    authenticateCached: (header, source) => {
      const match = cache.find(header)
      if (match === undefined) return undefined
      const client = match.credential.clientId
      return blockedForSeconds(deps, { source, client }) === undefined ? match : undefined
    },
  }
}

function blockedForSeconds(
  { failuresPerClient, failuresPerNetwork }: AuthenticatorDeps,
  { source, client }: Attempt,
): number | undefined {
  if (source.ip === null) return undefined
  const network = networkOf(source.ip)
  const forClient =
    client === '' ? undefined : failuresPerClient.blockedForSeconds(`${network} ${client}`)
  return forClient ?? failuresPerNetwork.blockedForSeconds(network)
}
