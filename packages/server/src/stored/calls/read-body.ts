import type { Readable } from 'node:stream'
import { AppError } from '../../kernel/app-error.ts'

/** So much of a body is kept in memory, where its signature depends on all of it. */
export const SIGNED_BODY_BYTES_MAX = 10 * 1_048_576

/**
 * Reads a body to its end.
 *
 * @throws {AppError} `payload_too_large`, before it is read where its length is known
 */
export async function readBody(
  body: Readable,
  contentLength: number | undefined,
): Promise<Uint8Array> {
  if ((contentLength ?? 0) > SIGNED_BODY_BYTES_MAX) throw tooLarge()
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body) {
    // safe because what is read from a connection, without an encoding, are buffers
    const bytes = piece as Buffer
    length += bytes.length
    if (length > SIGNED_BODY_BYTES_MAX) throw tooLarge()
    pieces.push(bytes)
  }
  return Buffer.concat(pieces)
}

function tooLarge(): AppError {
  return new AppError('payload_too_large', {
    detail: `A body that is signed has at most ${SIGNED_BODY_BYTES_MAX} bytes.`,
  })
}
