/** Permission names: a resource and an action, in the spellings that documents use. */

/** The actions of a permission table, in order. */
export const PERMISSION_ACTIONS = ['read', 'write', 'delete'] as const

/** An action on a resource. */
export type PermissionAction = (typeof PERMISSION_ACTIONS)[number]

/** One cell of a permission table. */
export type Permission = { readonly resource: string; readonly action: PermissionAction }

const NAME_LENGTH_MAX = 128
const EXACT = /^([A-Z][A-Z0-9_]{0,63})_(READ|WRITE|DELETE)$/
const RESOURCE = /^[A-Z][A-Z0-9_]{0,63}$/
const ACTIONS: ReadonlyMap<string, PermissionAction> = new Map([
  ['READ', 'read'],
  ['WRITE', 'write'],
  ['DELETE', 'delete'],
])

/**
 * Returns the scope of a cell: `RESOURCE_ACTION`.
 *
 * @example permissionScope({ resource: 'CONTACT', action: 'read' }) // 'CONTACT_READ'
 */
export function permissionScope(permission: Permission): string {
  return `${permission.resource}_${permission.action.toUpperCase()}`
}

/**
 * Parses a permission name. Returns `undefined` for names over 128 characters, resources that do not start
 * with a letter or have over 64 characters, and names with no action or two adjacent actions.
 *
 * 1. `RESOURCE_ACTION`, in upper case, is split at its last underscore: `CONTACT_READ_WRITE` is the action
 *    write on `CONTACT_READ`. The rule about adjacent actions applies to the other spellings.
 * 2. Other spellings are first converted to upper snake case: `contacts:read`, `contacts.read` and
 *    `Contacts Read` become `CONTACTS_READ`.
 * 3. The action can be first or last: `read:contacts` also becomes `CONTACTS_READ`.
 *
 * There are no synonyms: `contacts:create` does not become `CONTACTS_WRITE`, because `contacts:update` could
 * be a different permission.
 */
export function parsePermission(name: string): Permission | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined
  const exact = EXACT.exec(name)
  if (exact !== null) return toPermission(exact[1], exact[2])
  const words = upperSnakeCase(name).split('_')
  const [first, second] = words
  if (isAction(words.at(-1))) {
    return isAction(words.at(-2)) ? undefined : toPermission(joinWords(words, 0, -1), words.at(-1))
  }
  return isAction(second) ? undefined : toPermission(joinWords(words, 1), first)
}

/**
 * Converts text to a resource name. Returns `undefined` if the result is not a valid name.
 *
 * @example parseResource('Category Tag') // 'CATEGORY_TAG'
 */
export function parseResource(words: string): string | undefined {
  if (words.length > NAME_LENGTH_MAX) return undefined
  const resource = upperSnakeCase(words)
  return RESOURCE.test(resource) ? resource : undefined
}

/** Removes accents. Words start at capitals and after characters that are not letters or digits. */
function upperSnakeCase(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
}

function joinWords(words: readonly string[], start: number, end?: number): string {
  return words.slice(start, end).join('_')
}

function isAction(word: string | undefined): boolean {
  return word !== undefined && ACTIONS.has(word)
}

function toPermission(resource = '', word = ''): Permission | undefined {
  const action = ACTIONS.get(word)
  return action !== undefined && RESOURCE.test(resource) ? { resource, action } : undefined
}
