/** HTTP Message Signatures (RFC 9421) with a shared secret, and Content-Digest (RFC 9530). */

import type { HmacAuth } from '../auth-types.ts'
import { encodeBase64 } from '../bytes.ts'
import { setHeaders } from './header-lines.ts'
import { hmacKey } from './hmac-key.ts'
import { hasBody, requireBodySha256 } from './outgoing-body.ts'
import type { OutgoingRequest, SigningContext } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'
import { signatureBase } from './signature-base.ts'

const LABEL = 'sig'
const COMPONENTS = ['@method', '@authority', '@path', '@query']
const COMPONENTS_WITH_BODY = [...COMPONENTS, 'content-digest']

/**
 * Signs method, authority, path and query, and the digest of a body. The client ID is the `keyid`.
 *
 * @see RFC 9421 §3.1, §3.3.3
 */
export const httpSignature: RequestAuthenticator<HmacAuth> = {
  ownHeaders: () => ['Signature', 'Signature-Input', 'Content-Digest'],
  bodyRequirement: () => 'digest',
  authenticate: (auth, request, context) => {
    const digest = contentDigest(request, context)
    const message = { ...request, kind: 'request' as const, headers: digest }
    const { base, input } = signatureBase(
      message,
      digest.length === 0 ? COMPONENTS : COMPONENTS_WITH_BODY,
      [
        ['created', Math.floor(context.nowMs / 1000)],
        ['keyid', auth.clientId],
        ['alg', 'hmac-sha256'],
      ],
    )
    const signature = encodeBase64(context.hmacSha256(hmacKey(auth, 'utf8', context), base))
    return {
      path: request.path,
      query: request.query,
      headers: setHeaders(request.headers, [
        ...digest,
        { name: 'Signature-Input', value: `${LABEL}=${input}` },
        { name: 'Signature', value: `${LABEL}=:${signature}:` },
      ]),
      secrets: [auth.clientSecret],
      explanation: { canonicalRequest: base, stringToSign: base },
    }
  },
}

/** RFC 9530 §2. */
function contentDigest({ body }: OutgoingRequest, context: SigningContext) {
  if (!hasBody(body)) return []
  const sha256 = encodeBase64(requireBodySha256(body, context))
  return [{ name: 'Content-Digest', value: `sha-256=:${sha256}:` }]
}
