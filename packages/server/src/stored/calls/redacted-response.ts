import type { EgressAnswer } from '../../outbound/outbound.ts'
import type { Masker } from './redactor.ts'
import { passHeaders } from './response-headers.ts'

const PREVIEW_LENGTH_MAX = 2_000
/** Enough for so many characters of any script. */
const PREVIEW_BYTES_MAX = 4 * PREVIEW_LENGTH_MAX

/** The headers of an answer as people see them. */
export function showHeaders(headers: EgressAnswer['headers'], masker: Masker | undefined) {
  return passHeaders(headers, masker).map(([name, value]) => ({ name, value }))
}

/** The beginning of a body where it is text, without secrets; null where it is none. The rest is not read. */
export async function readPreview(
  { headers, body }: EgressAnswer,
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
      // safe because what is read from a connection, without an encoding, are buffers
      const bytes = piece as Buffer
      const shown = mask === undefined ? bytes : mask.push(bytes)
      pieces.push(shown)
      length += shown.length
      isWhole = length < PREVIEW_BYTES_MAX
      if (!isWhole) break
    }
  } catch {
    // What came before it broke off is shown.
    isWhole = false
  }
  // What the mask still holds may be the beginning of a secret.
  if (isWhole && mask !== undefined) pieces.push(mask.end())
  const text = Buffer.concat(pieces).toString('utf8').slice(0, PREVIEW_LENGTH_MAX).toWellFormed()
  return text === '' ? null : text
}

const TEXT =
  /^(text\/|application\/([\w.-]+\+)?(json|xml|x-ndjson|x-www-form-urlencoded|problem\+json))/i

function isText(headers: EgressAnswer['headers']): boolean {
  const find = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  return find('content-encoding') === undefined && TEXT.test(find('content-type') ?? '')
}
