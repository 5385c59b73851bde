import type { OutboundResponse } from '../../outbound/outbound.ts'
import type { Redactor } from './redactor.ts'
import { filterResponseHeaders } from './response-headers.ts'

const PREVIEW_LENGTH_MAX = 2_000
/** UTF-8 uses at most four bytes for a character. */
const PREVIEW_BYTES_MAX = 4 * PREVIEW_LENGTH_MAX

/** Returns the headers of a response, filtered and redacted. */
export function redactHeaders(
  headers: OutboundResponse['headers'],
  redactor: Redactor | undefined,
) {
  return filterResponseHeaders(headers, redactor).map(([name, value]) => ({ name, value }))
}

/**
 * Returns the redacted beginning of a text body; null if the body is not text or is empty. The rest
 * is not read.
 */
export async function readPreview(
  { headers, body }: OutboundResponse,
  redactor: Redactor | undefined,
): Promise<string | null> {
  if (!isText(headers)) {
    body.destroy()
    return null
  }
  const bodyRedactor = redactor?.createStreamRedactor()
  const chunks: Buffer[] = []
  let length = 0
  let isComplete = true
  try {
    for await (const chunk of body) {
      // safe because a stream without an encoding yields buffers
      const bytes = chunk as Buffer
      const redacted = bodyRedactor === undefined ? bytes : bodyRedactor.push(bytes)
      chunks.push(redacted)
      length += redacted.length
      isComplete = length < PREVIEW_BYTES_MAX
      if (!isComplete) break
    }
  } catch {
    // Show the part that was received before the stream failed.
    isComplete = false
  }
  // If the preview is cut off, the pending bytes of the redactor may be the beginning of a secret.
  if (isComplete && bodyRedactor !== undefined) chunks.push(bodyRedactor.end())
  const text = Buffer.concat(chunks).toString('utf8').slice(0, PREVIEW_LENGTH_MAX).toWellFormed()
  return text === '' ? null : text
}

const TEXT =
  /^(text\/|application\/([\w.-]+\+)?(json|xml|x-ndjson|x-www-form-urlencoded|problem\+json))/i

function isText(headers: OutboundResponse['headers']): boolean {
  const find = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  return find('content-encoding') === undefined && TEXT.test(find('content-type') ?? '')
}
