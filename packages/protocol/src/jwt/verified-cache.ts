/** What was verified a moment ago, so that a signature is not checked for every request. */

/** A bounded memory of verified tokens. It knows no time: expiry is checked by who asks. */
export type VerifiedCache<T> = {
  /** What is remembered of exactly this token. */
  readonly get: (token: string) => T | undefined
  /** Remembers a token. Only ever call it with one whose signature was right. */
  readonly set: (token: string, value: T) => void
  /** Forgets what the predicate names, after a revocation. */
  readonly deleteWhere: (isDoomed: (value: T) => boolean) => void
  /** Forgets everything, after a key was removed. */
  readonly clear: () => void
}

type Entry<T> = { readonly token: string; readonly value: T }
type Generation<T> = Map<string, Entry<T>>

/**
 * An empty cache of at most `entriesMax` tokens. The signature is the key, so that a hit hashes 86
 * characters instead of a thousand, and the whole token is compared, so that a signature under
 * another payload finds nothing. Two generations of half the size each: when the young one is
 * full, the old one is dropped, and what was used since lives on.
 *
 * @throws {RangeError} when `entriesMax` is no whole number of 2 or more
 * @example const cache = createVerifiedCache<AccessTokenClaims>({ entriesMax: 10_000 })
 */
export function createVerifiedCache<T>(options: { readonly entriesMax: number }): VerifiedCache<T> {
  const { entriesMax } = options
  if (!Number.isSafeInteger(entriesMax) || entriesMax < 2) {
    throw new RangeError('A cache needs room for two entries at least.')
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
    deleteWhere: (isDoomed) => {
      deleteEntries(young, isDoomed)
      deleteEntries(old, isDoomed)
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

function deleteEntries<T>(generation: Generation<T>, isDoomed: (value: T) => boolean): void {
  for (const [key, entry] of generation) {
    if (isDoomed(entry.value)) generation.delete(key)
  }
}
