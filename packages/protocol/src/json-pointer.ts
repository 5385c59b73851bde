/** JSON pointers (RFC 6901) in a parsed document. */

/**
 * Returns the pointer to a member of the value at `parent`.
 *
 * @see RFC 6901 §3
 * @example childPointer('/paths', '/contacts') // '/paths/~1contacts'
 */
export function childPointer(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * Returns the value at a pointer, or `undefined`. Uses only own members, so that `/constructor` never
 * finds an inherited member.
 *
 * @see RFC 6901 §4
 */
export function followPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document
  if (!pointer.startsWith('/')) return undefined
  let value = document
  for (const token of pointer.slice(1).split('/')) {
    value = ownMember(value, token.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return value
}

/** Returns an own member of an object or array, or `undefined`. */
export function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, name)?.value
}
