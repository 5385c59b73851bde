import type { OutboundResponse } from '../../outbound/outbound.ts'
import type { Masker } from './redactor.ts'
import { passHeaders } from './response-headers.ts'

const PREVIEW_LENGTH_MAX = 2_000
/** UTF-8 uses at most four bytes for a character. */
const PREVIEW_BYTES_MAX = 4 * PREVIEW_LENGTH_MAX

/** Returns the headers of a response, filtered and redacted. */
export function showHeaders(headers: OutboundResponse['headers'], masker: Masker | undefined) {
  return passHeaders(headers, masker).map(([name, value]) => ({ name, value }))
}

/**
 * Returns the redacted beginning of a text body; null if the body is not text or is empty. The rest
 * is not read.
 */
export async function readPreview(
  { headers, body }: OutboundResponse,
  masker: Masker | undefined,
): Promise<string | null> {
  if (!isText(headers)) {
    body.destroy()
    return null
  }
  const mask = masker?.maskBody()
  const pieces: Buffer[] = []
  let length = 0
  let isWhole = true
  try {
    for await (const piece of body) {
      // safe because a stream without an encoding yields buffers
      const bytes = piece as Buffer
      const shown = mask === undefined ? bytes : mask.push(bytes)
      pieces.push(shown)
      length += shown.length
      isWhole = length < PREVIEW_BYTES_MAX
      if (!isWhole) break
    }
  } catch {
    // Show the part that was received before the stream failed.
    isWhole = false
  }
  // If the preview is cut off, the pending bytes of the redactor may be the beginning of a secret.
  if (isWhole && mask !== undefined) pieces.push(mask.end())
  const text = Buffer.concat(pieces).toString('utf8').slice(0, PREVIEW_LENGTH_MAX).toWellFormed()
  return text === '' ? null : text
}

const TEXT =
  /^(text\/|application\/([\w.-]+\+)?(json|xml|x-ndjson|x-www-form-urlencoded|problem\+json))/i

function isText(headers: OutboundResponse['headers']): boolean {
  const find = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  return find('content-encoding') === undefined && TEXT.test(find('content-type') ?? '')
}
