/** A cache of verified tokens, which avoids verifying a signature for every request. */

/** A bounded cache of verified tokens. The caller checks the expiry. */
export type VerifiedCache<T> = {
  /** Returns the cached value of exactly this token. */
  readonly get: (token: string) => T | undefined
  /** Caches a token. Only pass tokens with a verified signature. */
  readonly set: (token: string, value: T) => void
  /** Evicts all entries that match, after a revocation. */
  readonly deleteWhere: (matches: (value: T) => boolean) => void
  /** Evicts all entries, after the removal of a key. */
  readonly clear: () => void
}

type Entry<T> = { readonly token: string; readonly value: T }
type Generation<T> = Map<string, Entry<T>>

/**
 * Creates an empty cache of at most `entriesMax` tokens. The key is the signature, because it is shorter
 * than the token. A hit compares the whole token, so that a signature with a different payload misses.
 * The cache has two generations of half the size: a full young generation replaces the old one, and
 * used entries move to the young one.
 *
 * @throws {RangeError} when `entriesMax` is not an integer of at least 2
 * @example const cache = createVerifiedCache<AccessTokenClaims>({ entriesMax: 10_000 })
 */
export function createVerifiedCache<T>(options: { readonly entriesMax: number }): VerifiedCache<T> {
  const { entriesMax } = options
  if (!Number.isSafeInteger(entriesMax) || entriesMax < 2) {
    throw new RangeError('entriesMax must be an integer of at least 2.')
  }
  const generationMax = Math.floor(entriesMax / 2)
  let young: Generation<T> = new Map()
  let old: Generation<T> = new Map()

  function store(key: string, entry: Entry<T>): void {
    if (young.size >= generationMax && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, entry)
  }

  function get(token: string): T | undefined {
    const key = signatureOf(token)
    const recent = young.get(key)
    if (recent !== undefined) return recent.token === token ? recent.value : undefined
    const entry = old.get(key)
    if (entry?.token !== token) return undefined
    store(key, entry)
    return entry.value
  }

  return {
    get,
    set: (token, value) => store(signatureOf(token), { token, value }),
    deleteWhere: (matches) => {
      deleteEntries(young, matches)
      deleteEntries(old, matches)
    },
    clear: () => {
      young = new Map()
      old = new Map()
    },
  }
}

function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1)
}

function deleteEntries<T>(generation: Generation<T>, matches: (value: T) => boolean): void {
  for (const [key, entry] of generation) {
    if (matches(entry.value)) generation.delete(key)
  }
}
