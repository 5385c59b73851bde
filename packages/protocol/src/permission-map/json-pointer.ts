/** JSON pointers (RFC 6901), within one parsed document. */

/**
 * The pointer to a member of what another pointer names.
 *
 * @see RFC 6901 §3
 * @example childPointer('/paths', '/contacts') // '/paths/~1contacts'
 */
export function childPointer(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * What a pointer names, or `undefined`. Own members only, so that `/constructor` finds nothing that
 * the document does not hold.
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

/** An own member of an object or array, or `undefined`. */
export function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, name)?.value
}
