/** OAuth scopes: names separated by single spaces. */

/** NQCHAR of RFC 6749, and space. */
const SCOPE_CHARACTERS = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Returns the unique names of a scope, in order. Returns `undefined` for invalid text: no name, adjacent
 * spaces, a leading or trailing space, or a character outside `%x21 / %x23-5B / %x5D-7E`.
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
 * Joins names to a scope. Does not validate the names.
 *
 * @see RFC 6749 §3.3
 */
export function joinScope(names: Iterable<string>): string {
  return [...names].join(' ')
}

/** Whether `superset` contains every name of `subset`. Case-sensitive. */
export function isSubset(subset: Iterable<string>, superset: ReadonlySet<string>): boolean {
  for (const name of subset) {
    if (!superset.has(name)) return false
  }
  return true
}
