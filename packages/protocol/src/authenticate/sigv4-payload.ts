/** What SigV4 says of the body. */
import type { AwsSigV4Auth } from './auth.ts'
import { sha256Hex } from './hex-digests.ts'
import { EMPTY_SHA256 } from './outgoing-body.ts'
import { type OutgoingRequest, type SigningContext, SigningError } from './request.ts'

/** In place of a digest: the body is not signed. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** Bodies in pieces whose checksum follows them, as AWS's own clients send to S3. */
const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'

const SHA256 = /^[0-9a-f]{64}$/

/** The names under which S3 is signed for: their paths are signed as they stand, and bodies need not be. */
const S3_SERVICES: ReadonlySet<string> = new Set([
  's3',
  's3-object-lambda',
  's3-outposts',
  's3express',
])

/** Whether the rules of S3 hold. */
export function isS3({ service }: Pick<AwsSigV4Auth, 'service'>): boolean {
  return S3_SERVICES.has(service)
}

/** Whether a body can be sent that nobody has seen: over http, anyone on the way could change it. */
export function takesUnsignedBody(auth: Pick<AwsSigV4Auth, 'service'>, origin: string): boolean {
  return isS3(auth) && isHttps(origin)
}

/**
 * The last line of the canonical request: the SHA-256 of the body, or what stands in its place. `stated` is
 * what came as `X-Amz-Content-Sha256`; it counts where it says that the body is not to be signed, or tells
 * the digest of one that nobody has seen.
 *
 * @throws {SigningError} when the body is signed in pieces, or its digest is wanting
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
    throw new SigningError('A body can go unsigned over https alone.')
  }
  if (stated?.startsWith('STREAMING-') === true) {
    throw new SigningError('The pieces of the body are signed with a key of the caller.')
  }
  if (body.kind === 'none') return EMPTY_SHA256
  if (body.kind === 'bytes') return sha256Hex(body.bytes, context)
  if (body.kind === 'digest') return body.sha256
  if (stated !== undefined && SHA256.test(stated)) return stated
  if (takesUnsignedBody(auth, origin)) return UNSIGNED_PAYLOAD
  throw new SigningError('This way of signing takes the SHA-256 of the body.')
}

function isHttps(origin: string): boolean {
  return origin.startsWith('https:')
}
