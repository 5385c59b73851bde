/** The byte range of a match; `end` is exclusive. */
export type Place = { readonly start: number; readonly end: number }

/** Finds the occurrences of several patterns in bytes. */
export type TextFinder = {
  /** Returns all matches, ordered by start. */
  readonly findAll: (bytes: Uint8Array) => readonly Place[]
  /**
   * Returns the first index from which the rest of the bytes is a proper prefix of a pattern; the
   * length of the bytes if there is none.
   */
  readonly startOfRest: (bytes: Uint8Array) => number
}

/** The number of bytes in a hashed block. */
const GROUP = 3
const HASH_BITS = 13
const SHIFT_MAX = 255

/**
 * Creates a matcher that uses the Wu–Manber algorithm: the hash of each three-byte block yields the
 * number of bytes to skip, so that most bytes are never read. Patterns must have at least three
 * bytes.
 */
export function createTextFinder(texts: readonly Uint8Array[]): TextFinder {
  const window = Math.min(...texts.map(({ length }) => length))
  const longest = Math.max(...texts.map(({ length }) => length))
  const { shifts, candidates } = tables(texts, window)
  const byFirst = Map.groupBy(texts, (text) => text[0] ?? 0)
  const isFirst = Uint8Array.from({ length: 256 }, (_, byte) => (byFirst.has(byte) ? 1 : 0))

  return {
    findAll: (bytes) => {
      const places: Place[] = []
      let at = window - 1
      while (at < bytes.length) {
        const hash = hashAt(bytes, at)
        const shift = shifts[hash] ?? 1
        if (shift > 0) {
          at += shift
          continue
        }
        const start = at - window + 1
        for (const text of candidates.get(hash) ?? [])
          if (standsAt(bytes, start, text)) places.push({ start, end: start + text.length })
        at += 1
      }
      return places
    },
    startOfRest: (bytes) => {
      for (let at = Math.max(0, bytes.length - longest + 1); at < bytes.length; at += 1) {
        if (isFirst[bytes[at] ?? 0] === 0) continue
        const length = bytes.length - at
        for (const text of byFirst.get(bytes[at] ?? 0) ?? [])
          if (text.length > length && standsAt(bytes, at, text, length)) return at
      }
      return bytes.length
    },
  }
}

function tables(texts: readonly Uint8Array[], window: number) {
  const shifts = new Uint8Array(1 << HASH_BITS).fill(Math.min(window - GROUP + 1, SHIFT_MAX))
  const candidates = new Map<number, Uint8Array[]>()
  for (const text of texts) {
    for (let at = GROUP - 1; at < window; at += 1) {
      const hash = hashAt(text, at)
      shifts[hash] = Math.min(shifts[hash] ?? 0, window - 1 - at)
    }
    const last = hashAt(text, window - 1)
    candidates.set(last, [...(candidates.get(last) ?? []), text])
  }
  return { shifts, candidates }
}

/** Returns the hash of the three bytes that end at this index (Knuth's multiplicative hash). */
function hashAt(bytes: Uint8Array, at: number): number {
  const group = ((bytes[at - 2] ?? 0) << 16) | ((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0)
  return Math.imul(group, 0x9e3779b1) >>> (32 - HASH_BITS)
}

function standsAt(
  bytes: Uint8Array,
  start: number,
  text: Uint8Array,
  length = text.length,
): boolean {
  if (start + length > bytes.length) return false
  for (let index = 0; index < length; index += 1)
    if (bytes[start + index] !== text[index]) return false
  return true
}
