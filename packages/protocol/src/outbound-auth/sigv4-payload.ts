/** The payload hash of SigV4. */
import type { AwsSigV4Auth } from '../auth-types.ts'
import { sha256Hex } from './hex-digests.ts'
import { EMPTY_SHA256 } from './outgoing-body.ts'
import { type OutgoingRequest, type SigningContext, SigningError } from './request.ts'

/** The payload hash of an unsigned body. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** The payload hash of an unsigned chunked body with a trailing checksum, as AWS clients send to S3. */
const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'

const SHA256 = /^[0-9a-f]{64}$/

/** The service names of S3. S3 signs the sent path unchanged, and accepts unsigned bodies. */
const S3_SERVICES: ReadonlySet<string> = new Set([
  's3',
  's3-object-lambda',
  's3-outposts',
  's3express',
])

/** Whether the signing rules of S3 apply. */
export function isS3({ service }: Pick<AwsSigV4Auth, 'service'>): boolean {
  return S3_SERVICES.has(service)
}

/** Whether the body can be unsigned. Requires TLS, because others could change an unsigned body over HTTP. */
export function takesUnsignedBody(auth: Pick<AwsSigV4Auth, 'service'>, origin: string): boolean {
  return isS3(auth) && isHttps(origin)
}

/**
 * Returns the last line of the canonical request: the SHA-256 of the body, or a constant for an unsigned
 * body. `stated` is the caller's `X-Amz-Content-Sha256`. It is used if it requests an unsigned body, or
 * provides the digest of a streamed body.
 *
 * @throws {SigningError} when the body has signed chunks, or its required digest is unknown
 */
export function payloadHash(
  of: {
    readonly auth: Pick<AwsSigV4Auth, 'service'>
    readonly request: Pick<OutgoingRequest, 'origin' | 'body'>
    readonly stated: string | undefined
  },
  context: SigningContext,
): string {
  const { auth, stated } = of
  const { body, origin } = of.request
  if (stated === UNSIGNED_PAYLOAD || stated === UNSIGNED_TRAILER) {
    if (isHttps(origin)) return stated
    throw new SigningError('An unsigned body requires https.')
  }
  if (stated?.startsWith('STREAMING-') === true) {
    throw new SigningError('Bodies with signed chunks are not supported.')
  }
  if (body.kind === 'none') return EMPTY_SHA256
  if (body.kind === 'bytes') return sha256Hex(body.bytes, context)
  if (body.kind === 'digest') return body.sha256
  if (stated !== undefined && SHA256.test(stated)) return stated
  if (takesUnsignedBody(auth, origin)) return UNSIGNED_PAYLOAD
  throw new SigningError(
    'This scheme signs the SHA-256 of the body. Provide the body or its SHA-256.',
  )
}

function isHttps(origin: string): boolean {
  return origin.startsWith('https:')
}
