import {
  authorizationCodeRequest,
  clientCredentialsRequest,
  encodeUtf8,
  fillLoginBody,
  parseLoginResponse,
  parseTokenResponse,
  type RawResponse,
  refreshTokenRequest,
  type TokenAuth,
  type UpstreamTokenRequest,
  type UpstreamTokenResult,
} from '@keyporter/protocol'
import { type Outbound, OutboundError, type OutboundFault } from '../../outbound/outbound.ts'
import type { UpstreamFault } from '../../outbound/upstream-faults.ts'

/**
 * The proof of a person's consent: a new authorization code, or the refresh token obtained with
 * one.
 */
export type ConsentProof =
  | { readonly kind: 'refresh'; readonly refreshToken: string }
  | {
      readonly kind: 'code'
      readonly code: string
      readonly verifier: string
      readonly redirectUri: string
    }

/** The response of the token endpoint, or the reason for its failure. */
export type TokenOutcome =
  | Exclude<UpstreamTokenResult, { readonly kind: 'failed' }>
  | { readonly kind: 'failed'; readonly fault: UpstreamFault }

const RESPONSE_MS_MAX = 10_000
const RESPONSE_BYTES_MAX = 1_048_576

/** Requests a token from the upstream, once. */
export async function requestToken(
  outbound: Outbound,
  auth: TokenAuth,
  proof: ConsentProof | undefined,
): Promise<TokenOutcome> {
  const request = requestFor(auth, proof)
  const response = await sendTokenCall(outbound, request)
  if ('fault' in response) return { kind: 'failed', fault: response.fault }
  return auth.kind === 'login_call'
    ? parseLoginResponse(response, auth.tokenPointer)
    : parseTokenResponse(response)
}

type TokenCall = {
  readonly method: string
  readonly url: URL
  readonly headers: UpstreamTokenRequest['headers']
  readonly body: string | null
}

/** @throws {TypeError} if the authentication type needs a consent and there is no proof of one */
function requestFor(auth: TokenAuth, proof: ConsentProof | undefined): TokenCall {
  if (auth.kind === 'login_call') return loginCall(auth)
  const post = ({ headers, body }: UpstreamTokenRequest): TokenCall => ({
    method: 'POST',
    url: new URL(auth.tokenUrl),
    headers,
    body,
  })
  if (auth.kind === 'oauth2_client_credentials') return post(clientCredentialsRequest(auth, auth))
  if (proof === undefined)
    throw new TypeError('A token request for an authorization code grant needs a proof of consent')
  return post(
    proof.kind === 'code'
      ? authorizationCodeRequest(auth, proof)
      : refreshTokenRequest(auth, proof.refreshToken),
  )
}

/** A GET request has no body, so the credentials are sent in the query. */
function loginCall(auth: Extract<TokenAuth, { readonly kind: 'login_call' }>): TokenCall {
  const { method, bodyTemplate } = auth
  const url = new URL(auth.loginUrl)
  const accept = ['Accept', 'application/json'] as const
  if (method === 'GET') {
    const filled = fillLoginBody(bodyTemplate, 'form', auth)
    if (filled !== '') url.search = url.search === '' ? filled : `${url.search}&${filled}`
    return { method, url, headers: [accept], body: null }
  }
  const mediaType =
    auth.contentType === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  return {
    method,
    url,
    headers: [['Content-Type', mediaType], accept],
    body: fillLoginBody(bodyTemplate, auth.contentType, auth),
  }
}

/** Redirects are not followed: they result in a failure. */
async function sendTokenCall(
  outbound: Outbound,
  { method, url, headers, body }: TokenCall,
): Promise<RawResponse | { readonly fault: OutboundFault }> {
  const signal = AbortSignal.timeout(RESPONSE_MS_MAX)
  try {
    const response = await outbound.send({
      method,
      origin: url.origin,
      target: `${url.pathname}${url.search}`,
      headers: [...headers, ['User-Agent', 'Keyporter']],
      body: body === null ? null : encodeUtf8(body),
      signal,
      limits: { bodyBytesMax: RESPONSE_BYTES_MAX },
    })
    const parts: Uint8Array[] = []
    for await (const part of response.body) parts.push(part)
    return { status: response.status, body: Buffer.concat(parts) }
  } catch (cause) {
    if (signal.aborted) return { fault: 'timeout' }
    if (cause instanceof OutboundError) return { fault: cause.fault }
    throw cause
  }
}
