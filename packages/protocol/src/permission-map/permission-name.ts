/** Names of permissions: a resource and an action, whatever way a document spells them. */

/** The actions of a permission table, in their order. */
export const permissionActions = ['read', 'write', 'delete'] as const

/** What a permission allows to do with its resource. */
export type PermissionAction = (typeof permissionActions)[number]

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
 * The scope of a cell: `RESOURCE_ACTION`.
 *
 * @example permissionScope({ resource: 'CONTACT', action: 'read' }) // 'CONTACT_READ'
 */
export function permissionScope(permission: Permission): string {
  return `${permission.resource}_${permission.action.toUpperCase()}`
}

/**
 * The cell that a name stands for, or `undefined` when it is none: over 128 characters, a resource
 * that does not begin with a letter or is longer than 64, no action, or two side by side.
 *
 * 1. `RESOURCE_ACTION` is taken as it stands, split at its last underscore.
 * 2. Any other spelling is first brought to upper snake case: `contacts:read`, `contacts.read` and
 *    `Contacts Read` are all `CONTACTS_READ`.
 * 3. The action may then stand last or first: `read:contacts` is `CONTACTS_READ` too.
 *
 * There are no synonyms: `contacts:create` is not `CONTACTS_WRITE`, since whoever wrote it may mean
 * `contacts:update` to be something else.
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
 * A resource named after words for people, or `undefined` when nothing usable remains.
 *
 * @example parseResource('Category Tag') // 'CATEGORY_TAG'
 */
export function parseResource(words: string): string | undefined {
  if (words.length > NAME_LENGTH_MAX) return undefined
  const resource = upperSnakeCase(words)
  return RESOURCE.test(resource) ? resource : undefined
}

/** Letters lose their accents; a new word begins at a capital and after all that is no letter or digit. */
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
