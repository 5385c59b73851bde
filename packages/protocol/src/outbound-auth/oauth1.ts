import type { AuthOf } from '../auth-types.ts'
import { decodeUtf8, encodeBase64, encodeUtf8 } from '../bytes.ts'
import { findHeader, setHeaders } from './header-lines.ts'
import { hasBody, requireBodyBytes } from './outgoing-body.ts'
import { dropQueryParameter, percentEncode, readQuery } from './query-parameters.ts'
import { type OutgoingRequest, type SigningContext, SigningError } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'
import { secretFingerprint } from './secret-fingerprint.ts'
import { formatString } from './signature-base.ts'

type OAuth1Auth = AuthOf<'oauth1'>
type Parameter = readonly [name: string, value: string]

const FORM = 'application/x-www-form-urlencoded'

type Signer = (auth: OAuth1Auth, base: () => string, context: SigningContext) => string

const SIGNERS: Readonly<Record<OAuth1Auth['signatureMethod'], Signer>> = {
  'HMAC-SHA256': (auth, base, context) =>
    encodeBase64(context.hmacSha256(signingKey(auth, context), base())),
  'HMAC-SHA1': (auth, base, context) => {
    const { hmacSha1 } = context
    if (hmacSha1 === undefined)
      throw new SigningError(
        'HMAC-SHA1 signatures are not supported on this platform. Use HMAC-SHA256.',
      )
    return encodeBase64(hmacSha1(signingKey(auth, context), base()))
  },
  PLAINTEXT: keyText,
}

/**
 * Signs with OAuth 1.0. The signature covers method, URL, query and form-encoded bodies. With `PLAINTEXT`,
 * the secrets are sent.
 *
 * @see RFC 5849 §3.4, §3.5.1
 */
export const oauth1: RequestAuthenticator<OAuth1Auth> = {
  ownHeaders: () => ['Authorization'],
  bodyRequirement: ({ signatureMethod }) => (signatureMethod === 'PLAINTEXT' ? 'nothing' : 'bytes'),
  authenticate: (auth, request, context) => {
    const parameters = protocolParameters(auth, context)
    const query = withoutProtocolParameters(request.query, parameters)
    let explained: string | undefined
    const base = () => {
      explained = oauth1BaseString({ ...request, query }, parameters)
      return explained
    }
    const signature = SIGNERS[auth.signatureMethod](auth, base, context)
    const written = [...parameters, ['oauth_signature', signature] as const].map(
      ([name, value]) => `${name}="${percentEncode(value)}"`,
    )
    const realm = auth.realm === undefined ? [] : [`realm=${formatString(auth.realm)}`]
    const value = `OAuth ${[...realm, ...written].join(', ')}`
    return {
      path: request.path,
      query,
      headers: setHeaders(request.headers, [{ name: 'Authorization', value }]),
      secrets: secretTexts(auth),
      explanation:
        explained === undefined
          ? undefined
          : { canonicalRequest: explained, stringToSign: explained },
    }
  },
}

/**
 * Returns the signature base string.
 *
 * @throws {SigningError} when the body is a form that is not available, or not UTF-8
 * @see RFC 5849 §3.4.1
 */
export function oauth1BaseString(
  request: OutgoingRequest,
  parameters: readonly Parameter[],
): string {
  const { method, origin, path, query } = request
  const read = [...readQuery(query), ...formParameters(request)]
  const all = [...read.map(({ name, value }) => [name, value] as const), ...parameters].map(
    ([name, value]) => ({ name: percentEncode(name), value: percentEncode(value) }),
  )
  // The encoded texts are ASCII, so UTF-16 order equals byte order.
  all.sort((one, other) => compare(one.name, other.name) || compare(one.value, other.value))
  const normalized = all.map(({ name, value }) => `${name}=${value}`).join('&')
  return [method, `${origin}${path}`, normalized].map(percentEncode).join('&')
}

/** RFC 5849 §3.4.1.3.1: the parameters of a form-encoded body. */
function formParameters({ headers, body }: OutgoingRequest) {
  const [mediaType = ''] = (findHeader(headers, 'Content-Type') ?? '').split(';')
  if (!hasBody(body) || mediaType.trim().toLowerCase() !== FORM) return []
  const text = decodeUtf8(requireBodyBytes(body))
  if (text === undefined) throw new SigningError('The form is not valid UTF-8.')
  return readQuery(text)
}

function protocolParameters(
  { consumerKey, accessToken, signatureMethod }: OAuth1Auth,
  { nowMs, nonce }: SigningContext,
): readonly Parameter[] {
  return [
    ['oauth_consumer_key', consumerKey],
    ...(accessToken === undefined ? [] : [['oauth_token', accessToken] as const]),
    ['oauth_signature_method', signatureMethod],
    ['oauth_timestamp', String(Math.floor(nowMs / 1000))],
    ['oauth_nonce', nonce()],
    ['oauth_version', '1.0'],
  ]
}

/** Drops protocol parameters from the caller's query, because each must occur exactly once (RFC 5849 §3.1). */
function withoutProtocolParameters(query: string, parameters: readonly Parameter[]): string {
  if (!/oauth|%/i.test(query)) return query
  const names = [...parameters.map(([name]) => name), 'oauth_signature', 'oauth_token']
  return names.reduce(dropQueryParameter, query)
}

/** RFC 5849 §3.4.2. */
function keyText({ consumerSecret, accessTokenSecret = '' }: OAuth1Auth): string {
  return `${percentEncode(consumerSecret)}&${percentEncode(accessTokenSecret)}`
}

function signingKey(auth: OAuth1Auth, context: SigningContext): Uint8Array {
  const text = keyText(auth)
  if (context.cachedKey === undefined) return encodeUtf8(text)
  const name = `oauth1 ${secretFingerprint(auth, text, context)}`
  return context.cachedKey(name, () => encodeUtf8(text))
}

/** The secrets as they are, and as `PLAINTEXT` sends them: encoded twice. */
function secretTexts(auth: OAuth1Auth): readonly string[] {
  const { consumerSecret, accessTokenSecret } = auth
  const plain = [consumerSecret, ...(accessTokenSecret === undefined ? [] : [accessTokenSecret])]
  const encoded = plain.map(percentEncode)
  const key = keyText(auth)
  return [...plain, ...encoded, ...encoded.map(percentEncode), key, percentEncode(key)]
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
