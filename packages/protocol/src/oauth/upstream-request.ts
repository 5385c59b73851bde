/** Requests to the token endpoint of somebody else, of whom we are a client. */

/** Who we are to the other side, and how it wants to be told. */
export type UpstreamClient = {
  readonly clientId: string
  /** Empty for a public client, which only names itself. */
  readonly clientSecret: string
  readonly clientAuth: 'basic' | 'body'
}

/** What is posted to a token endpoint, beside `Content-Length`. */
export type UpstreamTokenRequest = {
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `application/x-www-form-urlencoded`. */
  readonly body: string
}

/** What a token for ourselves is asked for with. */
export type ClientCredentialsOptions = {
  readonly scopes: readonly string[]
  readonly audience?: string | undefined
  readonly resource?: string | undefined
  /** Parameters of the other side's own; those that we set ourselves are left out of them. */
  readonly extraParameters?: Readonly<Record<string, string>> | undefined
}

/** What belongs to us in a request for a token: no extra parameter takes its place. */
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
 * The request for a token of our own.
 *
 * @see RFC 6749 §4.4.2, RFC 8707 §2
 */
export function clientCredentialsRequest(
  client: UpstreamClient,
  { scopes, audience, resource, extraParameters }: ClientCredentialsOptions,
): UpstreamTokenRequest {
  return tokenRequest(client, [
    ['grant_type', 'client_credentials'],
    // RFC 6749 §3.3: no scope at all is written by leaving it out.
    ['scope', scopes.length === 0 ? undefined : scopes.join(' ')],
    ['audience', audience],
    ['resource', resource],
    ...Object.entries(extraParameters ?? {}).filter(([name]) => !RESERVED.has(name)),
  ])
}

/**
 * The request that turns the code of a consent into tokens.
 *
 * @see RFC 6749 §4.1.3, RFC 7636 §4.5
 */
export function codeRequest(
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
 * The request for the next token. It names no scope, so that it is good for what was consented to, whatever
 * the settings say by now.
 *
 * @see RFC 6749 §6
 */
export function refreshRequest(client: UpstreamClient, refreshToken: string): UpstreamTokenRequest {
  return tokenRequest(client, [
    ['grant_type', 'refresh_token'],
    ['refresh_token', refreshToken],
  ])
}

/**
 * A text as it stands in a form.
 *
 * @see RFC 6749 Appendix B
 * @example encodeFormComponent('a b+c') // 'a+b%2Bc'
 */
export function encodeFormComponent(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

type Parameter = readonly [name: string, value: string | undefined]

function tokenRequest(
  client: UpstreamClient,
  parameters: readonly Parameter[],
): UpstreamTokenRequest {
  const headers: [string, string][] = [
    ['Content-Type', 'application/x-www-form-urlencoded'],
    // Some answer with a form to whoever does not ask for JSON.
    ['Accept', 'application/json'],
  ]
  const { clientId, clientSecret, clientAuth } = client
  const inHeader = clientAuth === 'basic' && clientSecret !== ''
  if (inHeader) headers.push(['Authorization', basicHeader(clientId, clientSecret)])
  const own: readonly Parameter[] = inHeader
    ? []
    : [
        ['client_id', clientId],
        // RFC 6749 §2.3.1: left out where it is empty.
        ['client_secret', clientSecret === '' ? undefined : clientSecret],
      ]
  const form = new URLSearchParams()
  for (const [name, value] of [...parameters, ...own]) {
    if (value !== undefined) form.append(name, value)
  }
  return { headers, body: form.toString() }
}

/** RFC 6749 §2.3.1: each half is form-encoded before they are joined, so that all of it is ASCII. */
function basicHeader(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${encodeFormComponent(clientId)}:${encodeFormComponent(clientSecret)}`)}`
}
