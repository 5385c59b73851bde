/** What is known of the body of a request that is about to be signed. */
import { decodeHex, decodeUtf8 } from '../bytes.ts'
import { type OutgoingBody, type SigningContext, SigningError } from './request.ts'

/** The SHA-256 of no bytes at all. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const NO_BYTES = new Uint8Array(0)
/** Of a longer body, an explanation says only how long it is. */
const SHOWN_BYTES_MAX = 65_536

/** Whether anything follows the head of the request: of no bytes, nothing does. */
export function hasBody(body: OutgoingBody): boolean {
  if (body.kind === 'bytes') return body.bytes.length > 0
  if (body.kind === 'digest') return body.sha256 !== EMPTY_SHA256
  return body.kind === 'stream'
}

/**
 * The body itself.
 *
 * @throws {SigningError} when only its digest is known, or not even that
 */
export function requireBodyBytes(body: OutgoingBody): Uint8Array {
  if (body.kind === 'bytes') return body.bytes
  if (!hasBody(body)) return NO_BYTES
  throw new SigningError('This way of signing takes the body itself.')
}

/**
 * The SHA-256 of the body, of none as of an empty one.
 *
 * @throws {SigningError} when it cannot be known
 */
export function requireBodySha256(body: OutgoingBody, context: SigningContext): Uint8Array {
  if (body.kind === 'bytes') return context.sha256(body.bytes)
  const known = body.kind === 'digest' ? body.sha256 : EMPTY_SHA256
  const sha256 = body.kind === 'stream' ? undefined : decodeHex(known)
  if (sha256?.length !== 32) {
    throw new SigningError('This way of signing takes the SHA-256 of the body.')
  }
  return sha256
}

/** A body as an explanation shows it: the text that it is, or its length. */
export function showBody(bytes: Uint8Array): string {
  const text = bytes.length > SHOWN_BYTES_MAX ? undefined : decodeUtf8(bytes)
  return text ?? `<${bytes.length} bytes>`
}
