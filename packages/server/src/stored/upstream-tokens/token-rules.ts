import {
  type Auth,
  needsToken,
  type TokenAuth,
  type UpstreamTokenResult,
} from '@keyporter/protocol'
import type { StatusReason } from '../integrations/index.ts'

/** The assumed lifetime of a token if the upstream does not state one. */
const DEFAULT_LIFETIME_MS = 3_600_000

// A token is renewed when a tenth of its lifetime is left, at most five minutes before it expires.
const EARLY_MS_MAX = 5 * 60_000
const EARLY_PART = 0.1

const BACKOFF_FIRST_MS = 1_000
const BACKOFF_MS_MAX = 60_000

/** After a rejection, no token is requested for this long. */
export const REJECTION_BACKOFF_MS = 5 * 60_000

/** As {@link needsToken}, for an authentication type with its secrets. */
export function isTokenAuth(auth: Auth | TokenAuth): auth is TokenAuth {
  return needsToken(auth.kind)
}

/**
 * Returns the settings and secrets that determine the token, as one text. A token is used only
 * while this text is unchanged. The text contains secrets: only its digest is stored.
 */
export function fingerprintInput(auth: TokenAuth): string {
  switch (auth.kind) {
    case 'oauth2_client_credentials': {
      const { kind, tokenUrl, clientId, clientSecret, scopes, audience, resource } = auth
      const extra = Object.entries(auth.extraParameters).sort(byName)
      const target = [scopes, audience ?? null, resource ?? null, extra]
      return JSON.stringify([kind, tokenUrl, clientId, clientSecret, auth.clientAuth, target])
    }
    // A consent stays valid after a change of the client secret. New scopes apply from the next
    // consent on.
    case 'oauth2_authorization_code':
      return JSON.stringify([auth.kind, auth.authorizationUrl, auth.tokenUrl, auth.clientId])
    case 'login_call': {
      const { kind, loginUrl, method, bodyTemplate, contentType, username, password } = auth
      const tokenRule = [auth.tokenPointer, auth.lifetimeSeconds ?? null]
      return JSON.stringify([
        kind,
        loginUrl,
        method,
        bodyTemplate,
        contentType,
        username,
        password,
        tokenRule,
      ])
    }
  }
}

/**
 * Returns the expiry of a new token in milliseconds; null if it is unknown and the token cannot be
 * renewed without a person. The default is one hour.
 */
export function expiryOf(
  auth: TokenAuth,
  token: { readonly expiresInSeconds: number | undefined; readonly renewable: boolean },
  nowMs: number,
): number | null {
  const lifetimeSeconds = auth.kind === 'login_call' ? auth.lifetimeSeconds : token.expiresInSeconds
  if (lifetimeSeconds !== undefined) return nowMs + lifetimeSeconds * 1_000
  const cannotRenew = auth.kind === 'oauth2_authorization_code' && !token.renewable
  return cannotRenew ? null : nowMs + DEFAULT_LIFETIME_MS
}

/** Returns the time at which the next token is fetched. */
export function renewalAt(fetchedAt: number, expiresAt: number | null): number {
  if (expiresAt === null) return Number.POSITIVE_INFINITY
  return expiresAt - Math.min((expiresAt - fetchedAt) * EARLY_PART, EARLY_MS_MAX)
}

/**
 * Returns the back-off after consecutive failures: one second, doubled each time, at most one
 * minute.
 */
export function backoffMs(failureCount: number): number {
  return Math.min(BACKOFF_FIRST_MS * 2 ** (failureCount - 1), BACKOFF_MS_MAX)
}

/** Returns the status reason of the connection after a rejection. */
export function statusReasonOf(
  auth: TokenAuth,
  { code }: Extract<UpstreamTokenResult, { readonly kind: 'rejected' }>,
): StatusReason {
  const needsConsent = auth.kind === 'oauth2_authorization_code' && code === 'invalid_grant'
  return needsConsent ? 'consent_required' : 'rejected'
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}
