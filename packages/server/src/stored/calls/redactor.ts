import { codingsOf } from './encodings.ts'
import { createTextFinder, type Place, type TextFinder } from './multi-pattern-matcher.ts'

/** Blanks secrets, each character by an asterisk, so that lengths stay what they are. */
export type Masker = {
  /** A header's value, or any other text of Latin-1. */
  readonly maskText: (text: string) => string
  /** A whole body. */
  readonly maskBytes: (bytes: Buffer) => Buffer
  /** A new body that comes in pieces. */
  readonly maskBody: () => BodyMask
}

/** Blanks a body that passes by in pieces; what stands across their borders too. */
export type BodyMask = {
  /** What may go on; the beginning of a secret stays behind until more is known. */
  readonly push: (piece: Buffer) => Buffer
  /** What stayed behind. */
  readonly end: () => Buffer
}

/** What is shorter occurs by chance. */
const SECRET_LENGTH_MIN = 6
const MASK = '*'
const NOTHING = Buffer.alloc(0)

/** Makes a masker of secrets in every coding in which they may come back; undefined where there are none. */
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
  // The number of leading bytes in `held` that belong to a secret whose beginning was already written.
  let heldBlank = 0

  return {
    push: (piece) => {
      const bytes = held.length === 0 ? piece : Buffer.concat([held, piece])
      const found = finder.findAll(bytes)
      const places = heldBlank === 0 ? found : [{ start: 0, end: heldBlank }, ...found]
      const rest = finder.startOfRest(bytes)
      // A copy: the piece is gone once it is written.
      held = Buffer.from(bytes.subarray(rest))
      // A secret that lies in `held` as a whole is found again with the next piece; the bytes before it may belong to no secret.
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

/** The bytes themselves where nothing is to be blanked, else a copy. */
function blank(bytes: Buffer, places: readonly Place[]): Buffer {
  if (places.every(({ start, end }) => start === end)) return bytes
  const copy = Buffer.from(bytes)
  for (const { start, end } of places) copy.fill(MASK, start, end)
  return copy
}
