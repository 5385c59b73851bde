/** The Hawk authentication scheme, header version 1. */

import type { HmacAuth } from '../auth-types.ts'
import { encodeBase64, encodeUtf8 } from '../bytes.ts'
import { findHeader, setHeaders } from './header-lines.ts'
import { hmacKey } from './hmac-key.ts'
import { hasBody, requireBodyBytes } from './outgoing-body.ts'
import { type OutgoingRequest, type SigningContext, SigningError } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

/** The characters of a quoted attribute. */
const ATTRIBUTE = /^[ -!#-[\]-~]*$/

/**
 * Signs with Hawk. The client ID is the `id`, the client secret the key in UTF-8. The signature covers
 * the hash of the body.
 *
 * @see https://github.com/mozilla/hawk/blob/main/API.md#protocol-example
 */
export const hawk: RequestAuthenticator<HmacAuth> = {
  ownHeaders: () => ['Authorization'],
  bodyRequirement: () => 'bytes',
  authenticate: (auth, request, context) => {
    const nonce = context.nonce()
    const hash = payloadHash(request, context)
    const text = hawkText(request, { nowMs: context.nowMs, nonce, hash, ext: '' })
    const mac = context.hmacSha256(hmacKey(auth, 'utf8', context), text)
    const value = hawkHeader([
      ['id', auth.clientId],
      ['ts', formatSeconds(context.nowMs)],
      ['nonce', nonce],
      ['hash', hash],
      ['mac', encodeBase64(mac)],
    ])
    return {
      path: request.path,
      query: request.query,
      headers: setHeaders(request.headers, [{ name: 'Authorization', value }]),
      secrets: [auth.clientSecret],
      explanation: { canonicalRequest: text, stringToSign: text },
    }
  },
}

/** Returns the normalized string: one line per parameter, empty for an absent one. */
export function hawkText(
  request: Pick<OutgoingRequest, 'method' | 'origin' | 'path' | 'query'>,
  parameters: {
    readonly nowMs: number
    readonly nonce: string
    readonly hash: string
    readonly ext: string
  },
): string {
  const { protocol, hostname, port } = new URL(request.origin)
  const defaultPort = protocol === 'http:' ? '80' : '443'
  const lines = [
    'hawk.1.header',
    formatSeconds(parameters.nowMs),
    parameters.nonce,
    request.method,
    request.query === '' ? request.path : `${request.path}?${request.query}`,
    hostname,
    port === '' ? defaultPort : port,
    parameters.hash,
    parameters.ext,
  ]
  return `${lines.join('\n')}\n`
}

/** Returns the hash of the body and its media type without parameters. Empty without a body. */
function payloadHash({ headers, body }: OutgoingRequest, context: SigningContext): string {
  if (!hasBody(body)) return ''
  const [mediaType = ''] = (findHeader(headers, 'Content-Type') ?? '').split(';')
  const head = encodeUtf8(`hawk.1.payload\n${mediaType.trim().toLowerCase()}\n`)
  const bytes = requireBodyBytes(body)
  const payload = new Uint8Array(head.length + bytes.length + 1)
  payload.set(head)
  payload.set(bytes, head.length)
  payload.set(encodeUtf8('\n'), head.length + bytes.length)
  return encodeBase64(context.sha256(payload))
}

function hawkHeader(attributes: readonly (readonly [name: string, value: string])[]): string {
  const written = attributes.flatMap(([name, value]) => {
    if (!ATTRIBUTE.test(value))
      throw new SigningError('A Hawk attribute contains an invalid character.')
    return value === '' ? [] : `${name}="${value}"`
  })
  return `Hawk ${written.join(', ')}`
}

function formatSeconds(ms: number): string {
  return String(Math.floor(ms / 1000))
}
