import { codingsOf } from './encodings.ts'
import { createTextFinder, type Place, type TextFinder } from './multi-pattern-matcher.ts'

/** Replaces each byte of a secret by an asterisk, so that lengths do not change. */
export type Masker = {
  /** Redacts a header value or any other Latin-1 text. */
  readonly maskText: (text: string) => string
  /** Redacts a complete body. */
  readonly maskBytes: (bytes: Buffer) => Buffer
  /** Returns a redactor for one streamed body. */
  readonly maskBody: () => BodyMask
}

/** Redacts one streamed body, including secrets that span chunks. */
export type BodyMask = {
  /** Returns the bytes that are safe to send. A possible beginning of a secret is retained. */
  readonly push: (piece: Buffer) => Buffer
  /** Returns the retained bytes. */
  readonly end: () => Buffer
}

/** Shorter texts occur by chance. */
const SECRET_LENGTH_MIN = 6
const MASK = '*'
const NOTHING = Buffer.alloc(0)

/**
 * Creates a redactor for secrets in all their encodings; returns undefined if no secret is long
 * enough.
 */
export function createMasker(secrets: readonly string[]): Masker | undefined {
  const codings = [
    ...new Set(
      secrets
        .filter(({ length }) => length >= SECRET_LENGTH_MIN)
        .flatMap((text) => codingsOf(text)),
    ),
  ]
  if (codings.length === 0) return undefined
  const any = new RegExp(codings.map((coding) => RegExp.escape(coding)).join('|'))
  const finder = createTextFinder(codings.map((coding) => Buffer.from(coding, 'latin1')))
  return {
    maskText: (text) => {
      if (!any.test(text)) return text
      const bytes = Buffer.from(text, 'latin1')
      return blank(bytes, finder.findAll(bytes)).toString('latin1')
    },
    maskBytes: (bytes) => blank(bytes, finder.findAll(bytes)),
    maskBody: () => maskBody(finder),
  }
}

function maskBody(finder: TextFinder): BodyMask {
  let held: Buffer = NOTHING
  // The number of leading bytes in `pending` that belong to a secret whose beginning is already
  // sent.
  let heldBlank = 0

  return {
    push: (piece) => {
      const bytes = held.length === 0 ? piece : Buffer.concat([held, piece])
      const found = finder.findAll(bytes)
      const places = heldBlank === 0 ? found : [{ start: 0, end: heldBlank }, ...found]
      const rest = finder.startOfRest(bytes)
      // Copied, because the caller may reuse the chunk.
      held = Buffer.from(bytes.subarray(rest))
      // A secret that starts within `pending` is found again with the next chunk; the bytes before
      // its start may belong to no secret.
      heldBlank = places
        .filter(({ start }) => start <= rest)
        .reduce((most, { end }) => Math.max(most, end - rest), 0)
      return blank(bytes, places).subarray(0, rest)
    },
    end: () => {
      const bytes = blank(held, [{ start: 0, end: heldBlank }, ...finder.findAll(held)])
      held = NOTHING
      heldBlank = 0
      return bytes
    },
  }
}

/** Returns the same buffer if there is nothing to redact, otherwise a copy. */
function blank(bytes: Buffer, places: readonly Place[]): Buffer {
  if (places.every(({ start, end }) => start === end)) return bytes
  const copy = Buffer.from(bytes)
  for (const { start, end } of places) copy.fill(MASK, start, end)
  return copy
}
