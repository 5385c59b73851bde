/** The byte range of a match; `end` is exclusive. */
export type Match = { readonly start: number; readonly end: number }

/** Finds the occurrences of several patterns in bytes. */
export type MultiPatternMatcher = {
  /** Returns all matches, ordered by start. */
  readonly findAll: (bytes: Uint8Array) => readonly Match[]
  /**
   * Returns the first index from which the rest of the bytes is a proper prefix of a pattern; the
   * length of the bytes if there is none.
   */
  readonly partialMatchStart: (bytes: Uint8Array) => number
}

/** The number of bytes in a hashed block. */
const BLOCK_BYTES = 3
const HASH_BITS = 13
const SHIFT_MAX = 255

/**
 * Creates a matcher that uses the Wu–Manber algorithm: the hash of each three-byte block yields the
 * number of bytes to skip, so that most bytes are never read. Patterns must have at least three
 * bytes.
 */
export function createMatcher(patterns: readonly Uint8Array[]): MultiPatternMatcher {
  const window = Math.min(...patterns.map(({ length }) => length))
  const longest = Math.max(...patterns.map(({ length }) => length))
  const { shifts, candidates } = buildTables(patterns, window)
  const byFirstByte = Map.groupBy(patterns, (pattern) => pattern[0] ?? 0)
  const isFirstByte = Uint8Array.from({ length: 256 }, (_, byte) => (byFirstByte.has(byte) ? 1 : 0))

  return {
    findAll: (bytes) => {
      const matches: Match[] = []
      let index = window - 1
      while (index < bytes.length) {
        const hash = hashAt(bytes, index)
        const shift = shifts[hash] ?? 1
        if (shift > 0) {
          index += shift
          continue
        }
        const start = index - window + 1
        for (const pattern of candidates.get(hash) ?? [])
          if (matchesAt(bytes, start, pattern)) matches.push({ start, end: start + pattern.length })
        index += 1
      }
      return matches
    },
    partialMatchStart: (bytes) => {
      for (let index = Math.max(0, bytes.length - longest + 1); index < bytes.length; index += 1) {
        if (isFirstByte[bytes[index] ?? 0] === 0) continue
        const length = bytes.length - index
        for (const pattern of byFirstByte.get(bytes[index] ?? 0) ?? [])
          if (pattern.length > length && matchesAt(bytes, index, pattern, length)) return index
      }
      return bytes.length
    },
  }
}

function buildTables(patterns: readonly Uint8Array[], window: number) {
  const shifts = new Uint8Array(1 << HASH_BITS).fill(Math.min(window - BLOCK_BYTES + 1, SHIFT_MAX))
  const candidates = new Map<number, Uint8Array[]>()
  for (const pattern of patterns) {
    for (let index = BLOCK_BYTES - 1; index < window; index += 1) {
      const hash = hashAt(pattern, index)
      shifts[hash] = Math.min(shifts[hash] ?? 0, window - 1 - index)
    }
    const last = hashAt(pattern, window - 1)
    candidates.set(last, [...(candidates.get(last) ?? []), pattern])
  }
  return { shifts, candidates }
}

/** Returns the hash of the three bytes that end at this index (Knuth's multiplicative hash). */
function hashAt(bytes: Uint8Array, index: number): number {
  const block =
    ((bytes[index - 2] ?? 0) << 16) | ((bytes[index - 1] ?? 0) << 8) | (bytes[index] ?? 0)
  return Math.imul(block, 0x9e3779b1) >>> (32 - HASH_BITS)
}

function matchesAt(
  bytes: Uint8Array,
  start: number,
  pattern: Uint8Array,
  length = pattern.length,
): boolean {
  if (start + length > bytes.length) return false
  for (let index = 0; index < length; index += 1)
    if (bytes[start + index] !== pattern[index]) return false
  return true
}
