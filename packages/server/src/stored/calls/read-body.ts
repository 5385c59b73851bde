import type { Readable } from 'node:stream'
import { AppError } from '../../kernel/app-error.ts'

/**
 * The maximum size of a request body that the authentication type signs, because such a body is
 * buffered.
 */
export const SIGNED_BODY_BYTES_MAX = 10 * 1_048_576

/**
 * Reads a request body into memory.
 *
 * @throws {AppError} `payload_too_large`; without reading the body if `contentLength` is too large
 */
export async function readBody(
  body: Readable,
  contentLength: number | undefined,
): Promise<Uint8Array> {
  if ((contentLength ?? 0) > SIGNED_BODY_BYTES_MAX) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    // safe because a stream without an encoding yields buffers
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > SIGNED_BODY_BYTES_MAX) throw tooLarge()
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): AppError {
  return new AppError('payload_too_large', {
    detail: `The body exceeds ${SIGNED_BODY_BYTES_MAX} bytes, the limit for authentication types that sign the body.`,
  })
}
