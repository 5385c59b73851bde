/** OAuth scope: a set of names, written with single spaces. */

/** NQCHAR and the space between names. */
const SCOPE_CHARACTERS = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * The names of a scope in their order, each once, or `undefined` when the text breaks the grammar:
 * empty, two spaces, a space at either end, a character outside `%x21 / %x23-5B / %x5D-7E`.
 *
 * @see RFC 6749 §3.3, Appendix A.4
 * @example parseScope('B_READ A_READ B_READ') // ['B_READ', 'A_READ']
 */
export function parseScope(text: string): readonly string[] | undefined {
  if (!SCOPE_CHARACTERS.test(text)) return undefined
  const names = new Set(text.split(' '))
  return names.has('') ? undefined : [...names]
}

/**
 * The names as one scope. They are taken as they are: names that came from `parseScope` or from
 * the catalogue of permissions are well-formed.
 *
 * @see RFC 6749 §3.3
 */
export function joinScope(names: Iterable<string>): string {
  return [...names].join(' ')
}

/** Whether every name of the narrow scope is in the wide one, compared exactly. */
export function isSubset(narrow: Iterable<string>, wide: ReadonlySet<string>): boolean {
  for (const name of narrow) {
    if (!wide.has(name)) return false
  }
  return true
}
