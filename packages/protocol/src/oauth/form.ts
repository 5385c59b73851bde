/** Bodies of `application/x-www-form-urlencoded`, as the OAuth endpoints take them. */

/** The parameters of a form. Names mean nothing but themselves: `__proto__` and `a[b]` are names. */
export type Form = {
  /** The first value of a parameter, or `undefined` when it is absent. */
  readonly get: (name: string) => string | undefined
  /** Every value of a parameter in its order. */
  readonly all: (name: string) => readonly string[]
  /** The names that occur more than once. */
  readonly repeated: readonly string[]
}

/** A form, or why it is none. */
export type FormResult =
  | { readonly ok: true; readonly form: Form }
  | { readonly ok: false; readonly fault: 'too_many' | 'malformed' }

const PAIRS_MAX = 100

/**
 * The parameters of a form body. `&` alone separates, a name without `=` has the empty value, empty
 * pairs are skipped. A broken percent escape, or escapes that are not UTF-8, make it malformed.
 *
 * @param limits `pairsMax` is 100 unless told
 * @see RFC 6749 Appendix B, WHATWG URL §5.1
 * @example parseForm('a=1&a=2').form.repeated // ['a']
 */
export function parseForm(body: string, limits: { readonly pairsMax?: number } = {}): FormResult {
  const pairsMax = limits.pairsMax ?? PAIRS_MAX
  const values = new Map<string, string[]>()
  let pairCount = 0
  // One pair at a time: a body of separators alone is not first cut into an array.
  for (let start = 0, end = 0; start < body.length; start = end + 1) {
    const ampersand = body.indexOf('&', start)
    end = ampersand < 0 ? body.length : ampersand
    if (end === start) continue
    pairCount += 1
    if (pairCount > pairsMax) return { ok: false, fault: 'too_many' }
    if (!addPair(values, body.slice(start, end))) return { ok: false, fault: 'malformed' }
  }
  return { ok: true, form: formOf(values) }
}

/**
 * A form-encoded name or value decoded: `+` is a space, `%XX` are bytes of UTF-8. `undefined` when
 * an escape is broken, the bytes are not UTF-8, or a surrogate stands alone.
 *
 * @see RFC 6749 Appendix B
 */
export function decodeFormComponent(text: string): string | undefined {
  if (!text.isWellFormed()) return undefined
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}

function addPair(values: Map<string, string[]>, pair: string): boolean {
  const equals = pair.indexOf('=')
  const name = decodeFormComponent(equals < 0 ? pair : pair.slice(0, equals))
  const value = equals < 0 ? '' : decodeFormComponent(pair.slice(equals + 1))
  if (name === undefined || value === undefined) return false
  const known = values.get(name)
  if (known === undefined) values.set(name, [value])
  else known.push(value)
  return true
}

function formOf(values: ReadonlyMap<string, readonly string[]>): Form {
  return {
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    repeated: [...values].filter(([, all]) => all.length > 1).map(([name]) => name),
  }
}
