/** The body of an outgoing request: bytes, digest, or an unknown stream. */
import { decodeHex, decodeUtf8 } from '../bytes.ts'
import { type OutgoingBody, type SigningContext, SigningError } from './request.ts'

/** The SHA-256 of an empty body. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const NO_BYTES = new Uint8Array(0)
/** Explanations show only the length of a longer body. */
const SHOWN_BYTES_MAX = 65_536

/** Whether the request has a non-empty body. */
export function hasBody(body: OutgoingBody): boolean {
  if (body.kind === 'bytes') return body.bytes.length > 0
  if (body.kind === 'digest') return body.sha256 !== EMPTY_SHA256
  return body.kind === 'stream'
}

/**
 * Returns the bytes of the body.
 *
 * @throws {SigningError} when only the digest is known, or the body is a stream
 */
export function requireBodyBytes(body: OutgoingBody): Uint8Array {
  if (body.kind === 'bytes') return body.bytes
  if (!hasBody(body)) return NO_BYTES
  throw new SigningError('This scheme signs the body. Provide the body.')
}

/**
 * Returns the SHA-256 of the body. An absent body counts as empty.
 *
 * @throws {SigningError} when the body is a stream, or the given digest is malformed
 */
export function requireBodySha256(body: OutgoingBody, context: SigningContext): Uint8Array {
  if (body.kind === 'bytes') return context.sha256(body.bytes)
  const known = body.kind === 'digest' ? body.sha256 : EMPTY_SHA256
  const sha256 = body.kind === 'stream' ? undefined : decodeHex(known)
  if (sha256?.length !== 32) {
    throw new SigningError(
      'This scheme signs the SHA-256 of the body. Provide the body or its SHA-256.',
    )
  }
  return sha256
}

/** Returns the body for an explanation: its text, or its length. */
export function showBody(bytes: Uint8Array): string {
  const text = bytes.length > SHOWN_BYTES_MAX ? undefined : decodeUtf8(bytes)
  return text ?? `<${bytes.length} bytes>`
}
