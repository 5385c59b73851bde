import { type Auth, needsToken, type TokenResponse } from '@keyporter/protocol'
import type { TokenAuth } from '../connection-lookup/index.ts'
import type { StatusReason } from '../integrations/index.ts'

/** How long a token is taken to live whose lifetime nobody says. */
const UNSAID_LIFETIME_MS = 3_600_000

// A tenth of a token's life, at most this long, is left when the next one is fetched.
const EARLY_MS_MAX = 5 * 60_000
const EARLY_PART = 0.1

const BACKOFF_FIRST_MS = 1_000
const BACKOFF_MS_MAX = 60_000

/** So long a refusal is remembered: what was refused is not asked for again meanwhile. */
export const REFUSED_MS = 5 * 60_000

/** As {@link needsToken}, of a type with its values. */
export function isTokenAuth(auth: Auth | TokenAuth): auth is TokenAuth {
  return needsToken(auth.kind)
}

/**
 * Everything that decides which token one gets, as one text. A token is used only as long as this is what it
 * was obtained with; it holds secrets, and is only ever digested.
 */
export function grantText(auth: TokenAuth): string {
  switch (auth.kind) {
    case 'oauth2_client_credentials': {
      const { kind, tokenUrl, clientId, clientSecret, scopes, audience, resource } = auth
      const extra = Object.entries(auth.extraParameters).sort(byName)
      const target = [scopes, audience ?? null, resource ?? null, extra]
      return JSON.stringify([kind, tokenUrl, clientId, clientSecret, auth.clientAuth, target])
    }
    // A consent outlives a new client secret, and scopes count from the next consent on.
    case 'oauth2_authorization_code':
      return JSON.stringify([auth.kind, auth.authorizationUrl, auth.tokenUrl, auth.clientId])
    case 'login_call': {
      const { kind, loginUrl, method, bodyTemplate, contentType, username, password } = auth
      const answer = [auth.tokenPointer, auth.lifetimeSeconds ?? null]
      return JSON.stringify([
        kind,
        loginUrl,
        method,
        bodyTemplate,
        contentType,
        username,
        password,
        answer,
      ])
    }
  }
}

/**
 * When a token that was just fetched ends; null: nobody knows, and nothing could be done about it. Where the
 * other side does not say, it is an hour, unless only a person could fetch the next one.
 */
export function endOf(
  auth: TokenAuth,
  token: { readonly expiresInSeconds: number | undefined; readonly renewable: boolean },
  nowMs: number,
): number | null {
  const said = auth.kind === 'login_call' ? auth.lifetimeSeconds : token.expiresInSeconds
  if (said !== undefined) return nowMs + said * 1_000
  const isFinal = auth.kind === 'oauth2_authorization_code' && !token.renewable
  return isFinal ? null : nowMs + UNSAID_LIFETIME_MS
}

/** When the next token is fetched: a tenth of its life before the end of this one, at most five minutes. */
export function renewalAt(fetchedAt: number, expiresAt: number | null): number {
  if (expiresAt === null) return Number.POSITIVE_INFINITY
  return expiresAt - Math.min((expiresAt - fetchedAt) * EARLY_PART, EARLY_MS_MAX)
}

/** How long nothing is asked after so many failures in a row: a second, doubled each time, at most a minute. */
export function backoffMs(failureCount: number): number {
  return Math.min(BACKOFF_FIRST_MS * 2 ** (failureCount - 1), BACKOFF_MS_MAX)
}

/** What a refusal means for the connection. */
export function statusReasonOf(
  auth: TokenAuth,
  { code }: Extract<TokenResponse, { readonly kind: 'rejected' }>,
): StatusReason {
  const isPersons = auth.kind === 'oauth2_authorization_code' && code === 'invalid_grant'
  return isPersons ? 'consent_required' : 'rejected'
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}
