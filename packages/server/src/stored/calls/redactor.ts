import { encodingsOf } from './encodings.ts'
import { createMatcher, type Match, type MultiPatternMatcher } from './multi-pattern-matcher.ts'

/** Replaces each byte of a secret by an asterisk, so that lengths do not change. */
export type Redactor = {
  /** Redacts a header value or any other Latin-1 text. */
  readonly redactText: (text: string) => string
  /** Redacts a complete body. */
  readonly redactBytes: (bytes: Buffer) => Buffer
  /** Returns a redactor for one streamed body. */
  readonly createStreamRedactor: () => StreamRedactor
}

/** Redacts one streamed body, including secrets that span chunks. */
export type StreamRedactor = {
  /** Returns the bytes that are safe to send. A possible beginning of a secret is retained. */
  readonly push: (chunk: Buffer) => Buffer
  /** Returns the retained bytes. */
  readonly end: () => Buffer
}

/** Shorter texts occur by chance. */
const SECRET_LENGTH_MIN = 6
const ASTERISK = '*'
const EMPTY = Buffer.alloc(0)

/**
 * Creates a redactor for secrets in all their encodings; returns undefined if no secret is long
 * enough.
 */
export function createRedactor(secrets: readonly string[]): Redactor | undefined {
  const encodings = [
    ...new Set(
      secrets
        .filter(({ length }) => length >= SECRET_LENGTH_MIN)
        .flatMap((text) => encodingsOf(text)),
    ),
  ]
  if (encodings.length === 0) return undefined
  const any = new RegExp(encodings.map((encoding) => RegExp.escape(encoding)).join('|'))
  const matcher = createMatcher(encodings.map((encoding) => Buffer.from(encoding, 'latin1')))
  return {
    redactText: (text) => {
      if (!any.test(text)) return text
      const bytes = Buffer.from(text, 'latin1')
      return redactMatches(bytes, matcher.findAll(bytes)).toString('latin1')
    },
    redactBytes: (bytes) => redactMatches(bytes, matcher.findAll(bytes)),
    createStreamRedactor: () => streamRedactorFor(matcher),
  }
}

function streamRedactorFor(matcher: MultiPatternMatcher): StreamRedactor {
  let pending: Buffer = EMPTY
  // The number of leading bytes in `pending` that belong to a secret whose beginning is already
  // sent.
  let pendingRedacted = 0

  return {
    push: (chunk) => {
      const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const found = matcher.findAll(bytes)
      const matches = pendingRedacted === 0 ? found : [{ start: 0, end: pendingRedacted }, ...found]
      const rest = matcher.partialMatchStart(bytes)
      // Copied, because the caller may reuse the chunk.
      pending = Buffer.from(bytes.subarray(rest))
      // A secret that starts within `pending` is found again with the next chunk; the bytes before
      // its start may belong to no secret.
      pendingRedacted = matches
        .filter(({ start }) => start <= rest)
        .reduce((most, { end }) => Math.max(most, end - rest), 0)
      return redactMatches(bytes, matches).subarray(0, rest)
    },
    end: () => {
      const bytes = redactMatches(pending, [
        { start: 0, end: pendingRedacted },
        ...matcher.findAll(pending),
      ])
      pending = EMPTY
      pendingRedacted = 0
      return bytes
    },
  }
}

/** Returns the same buffer if there is nothing to redact, otherwise a copy. */
function redactMatches(bytes: Buffer, matches: readonly Match[]): Buffer {
  if (matches.every(({ start, end }) => start === end)) return bytes
  const copy = Buffer.from(bytes)
  for (const { start, end } of matches) copy.fill(ASTERISK, start, end)
  return copy
}
