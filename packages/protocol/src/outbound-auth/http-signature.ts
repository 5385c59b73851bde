/** HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530). */
import { encodeBase64 } from '../bytes.ts'
import { setHeaders } from './header-lines.ts'
import { hasBody, requireBodySha256 } from './outgoing-body.ts'
import type { AuthenticatedRequest, Header, OutgoingRequest, SigningContext } from './request.ts'
import {
  type SignatureComponent,
  type SignatureParameters,
  signatureBase,
} from './signature-base.ts'

/** The label of the signature in `Signature` and `Signature-Input`. */
export const SIGNATURE_LABEL = 'sig'

/** The headers of every signature. `Content-Digest` is sent with a body. */
export const SIGNATURE_HEADERS = ['Signature', 'Signature-Input', 'Content-Digest']

const COMPONENTS: readonly SignatureComponent[] = ['@method', '@authority', '@path', '@query']

/** A signature of one key. */
export type MessageSigner = {
  readonly parameters: SignatureParameters
  readonly sign: (base: string) => Uint8Array
  /** Secret texts of the key. */
  readonly secrets: readonly string[]
  /** Another signed header, and its component. */
  readonly signedHeader?:
    | { readonly header: Header; readonly component: SignatureComponent }
    | undefined
}

/**
 * Signs method, authority, path and query, and the digest of a body.
 *
 * @see RFC 9421 §3.1
 */
export function signMessage(
  request: OutgoingRequest,
  { parameters, sign, secrets, signedHeader }: MessageSigner,
  context: SigningContext,
): AuthenticatedRequest {
  const headers = contentDigest(request, context)
  const components = headers.length === 0 ? [...COMPONENTS] : [...COMPONENTS, 'content-digest']
  if (signedHeader !== undefined) components.push(signedHeader.component)
  const message = { ...request, kind: 'request' as const, headers }
  const { base, input } = signatureBase(message, components, parameters)
  const signature = encodeBase64(sign(base))
  return {
    path: request.path,
    query: request.query,
    headers: setHeaders(request.headers, [
      ...headers,
      ...(signedHeader === undefined ? [] : [signedHeader.header]),
      { name: 'Signature-Input', value: `${SIGNATURE_LABEL}=${input}` },
      { name: 'Signature', value: `${SIGNATURE_LABEL}=:${signature}:` },
    ]),
    secrets,
    explanation: { canonicalRequest: base, stringToSign: base },
  }
}

/** RFC 9530 §2. */
function contentDigest({ body }: OutgoingRequest, context: SigningContext): readonly Header[] {
  if (!hasBody(body)) return []
  const sha256 = encodeBase64(requireBodySha256(body, context))
  return [{ name: 'Content-Digest', value: `sha-256=:${sha256}:` }]
}
