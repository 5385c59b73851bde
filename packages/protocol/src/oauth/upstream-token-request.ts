/** Requests to the token endpoint of an upstream. */
import { formatBasicAuthorization } from '../authorization-header.ts'

/** The OAuth client at the upstream, and its authentication method. */
export type UpstreamClient = {
  readonly clientId: string
  /** Empty for a public client. */
  readonly clientSecret: string
  readonly clientAuth: 'basic' | 'body'
}

/** A POST request to a token endpoint. */
export type UpstreamTokenRequest = {
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `application/x-www-form-urlencoded`. */
  readonly body: string
}

/** The parameters of a client credentials request. */
export type ClientCredentialsOptions = {
  readonly scopes: readonly string[]
  readonly audience?: string | undefined
  readonly resource?: string | undefined
  /** Vendor parameters. Standard parameters in this record are ignored. */
  readonly extraParameters?: Readonly<Record<string, string>> | undefined
}

/** Standard parameters, which extra parameters cannot replace. */
const RESERVED: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
  'audience',
  'resource',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
])

/**
 * Returns the request of the client credentials grant.
 *
 * @see RFC 6749 §4.4.2, RFC 8707 §2
 */
export function clientCredentialsRequest(
  client: UpstreamClient,
  { scopes, audience, resource, extraParameters }: ClientCredentialsOptions,
): UpstreamTokenRequest {
  return tokenRequest(client, [
    ['grant_type', 'client_credentials'],
    // RFC 6749 §3.3: an empty scope is invalid, so it is omitted.
    ['scope', scopes.length === 0 ? undefined : scopes.join(' ')],
    ['audience', audience],
    ['resource', resource],
    ...Object.entries(extraParameters ?? {}).filter(([name]) => !RESERVED.has(name)),
  ])
}

/**
 * Returns the request that exchanges an authorization code for tokens.
 *
 * @see RFC 6749 §4.1.3, RFC 7636 §4.5
 */
export function authorizationCodeRequest(
  client: UpstreamClient,
  consent: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
): UpstreamTokenRequest {
  return tokenRequest(client, [
    ['grant_type', 'authorization_code'],
    ['code', consent.code],
    ['redirect_uri', consent.redirectUri],
    ['code_verifier', consent.verifier],
  ])
}

/**
 * Returns the request that refreshes a token. Omits the scope, so that the token keeps the consented
 * scope after a change of settings.
 *
 * @see RFC 6749 §6
 */
export function refreshTokenRequest(
  client: UpstreamClient,
  refreshToken: string,
): UpstreamTokenRequest {
  return tokenRequest(client, [
    ['grant_type', 'refresh_token'],
    ['refresh_token', refreshToken],
  ])
}

type Parameter = readonly [name: string, value: string | undefined]

function tokenRequest(
  client: UpstreamClient,
  parameters: readonly Parameter[],
): UpstreamTokenRequest {
  const headers: [string, string][] = [
    ['Content-Type', 'application/x-www-form-urlencoded'],
    // Some servers respond with a form without this header.
    ['Accept', 'application/json'],
  ]
  const { clientId, clientSecret, clientAuth } = client
  const inHeader = clientAuth === 'basic' && clientSecret !== ''
  if (inHeader) headers.push(['Authorization', formatBasicAuthorization(client)])
  const clientParameters: readonly Parameter[] = inHeader
    ? []
    : [
        ['client_id', clientId],
        // RFC 6749 §2.3.1: omitted if empty.
        ['client_secret', clientSecret === '' ? undefined : clientSecret],
      ]
  const form = new URLSearchParams()
  for (const [name, value] of [...parameters, ...clientParameters]) {
    if (value !== undefined) form.append(name, value)
  }
  return { headers, body: form.toString() }
}
