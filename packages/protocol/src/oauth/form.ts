/** Parses and encodes `application/x-www-form-urlencoded` text. */

/** The parameters of a form. Names such as `__proto__` and `a[b]` have no special meaning. */
export type Form = {
  /** Returns the first value of a parameter, or `undefined`. */
  readonly get: (name: string) => string | undefined
  /** Returns every value of a parameter, in order. */
  readonly all: (name: string) => readonly string[]
  /** Names that occur more than once. */
  readonly repeated: readonly string[]
}

/** The parsed form, or a fault. */
export type FormResult =
  | { readonly ok: true; readonly form: Form }
  | { readonly ok: false; readonly fault: 'too_many' | 'malformed' }

const PAIRS_MAX = 100

/**
 * Parses a form body. Only `&` separates pairs, a name without `=` has an empty value, and empty pairs
 * are skipped. Invalid percent-encoding and invalid UTF-8 are `malformed`.
 *
 * @param limits `pairsMax`: maximum number of pairs. Default: 100
 * @see RFC 6749 Appendix B, WHATWG URL §5.1
 * @example parseForm('a=1&a=2').form.repeated // ['a']
 */
export function parseForm(body: string, limits: { readonly pairsMax?: number } = {}): FormResult {
  const pairsMax = limits.pairsMax ?? PAIRS_MAX
  const values = new Map<string, string[]>()
  let pairCount = 0
  // Does not split the body, because a body of separators would become a huge array.
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
 * Decodes a form-encoded name or value: `+` is a space, `%XX` is a byte of UTF-8. Returns `undefined` for
 * invalid percent-encoding, invalid UTF-8, and lone surrogates.
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

/**
 * Form-encodes a text.
 *
 * @see RFC 6749 Appendix B
 * @example encodeFormComponent('a b+c') // 'a+b%2Bc'
 */
export function encodeFormComponent(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
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
