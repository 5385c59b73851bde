import { type Action, actions, permissionName } from '@keyporter/contract'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { toSlug, withSuffix } from '../../kernel/slug.ts'

/** One row of a permission table as it is kept: every action it offers, with its scope. */
export type PermissionRow = {
  readonly resource: string
  readonly actions: readonly Action[]
  readonly description: string
  readonly scopes: Readonly<Partial<Record<Action, string>>>
}

/** Method and path template, and every permission that a caller needs for them. */
export type Operation = {
  readonly method: string
  readonly path: string
  readonly permissions: readonly string[]
}

/** A row as a caller gives it: scopes only where they are not `RESOURCE_ACTION`. */
export type PermissionRowInput = {
  readonly resource: string
  readonly actions: readonly Action[]
  readonly description?: string | undefined
  readonly scopes?: Readonly<Partial<Record<Action, string | undefined>>> | undefined
}

/**
 * The table as it is kept: actions in one order and each once, every cell with its scope.
 *
 * @throws {AppError} `invalid_request` when a resource stands twice, two cells share a scope, or a scope
 *   is given for an action that the row does not offer
 */
export function requirePermissionTable(
  rows: readonly PermissionRowInput[],
): readonly PermissionRow[] {
  const problems: FieldProblem[] = []
  const resources = new Set<string>()
  const taken = new Set<string>()
  const table = rows.map((row, index) => {
    const pointer = `/permissions/${index}`
    if (resources.has(row.resource)) problems.push(duplicate(`${pointer}/resource`))
    resources.add(row.resource)
    problems.push(...unusedScopes(row, pointer))
    const kept = toRow(row)
    for (const action of kept.actions) {
      const scope = scopeOf(kept, action)
      if (taken.has(scope)) problems.push(sharedScope(`${pointer}/scopes/${action}`))
      taken.add(scope)
    }
    return kept
  })
  requireNone(problems, 'The permission table is not valid.')
  return table
}

/** The scopes of a table, in its order. */
export function scopesOf(table: readonly PermissionRow[]): readonly string[] {
  return table.flatMap((row) => row.actions.map((action) => scopeOf(row, action)))
}

/** What bounds the giving of permissions: what the giver holds, and the ceiling of the organization. */
export type GrantTerms = {
  readonly held: ReadonlySet<string>
  readonly ceiling: readonly string[] | null
}

/**
 * The scopes of an api that someone may give to a credential, in the order of the table: of the built-in
 * api what one holds oneself; of other apis whoever may manage credentials can give everything. Nobody
 * can give more than the organization's ceiling.
 */
export function grantableScopes(
  api: { readonly builtIn: boolean; readonly scopes: readonly string[] },
  { held, ceiling }: GrantTerms,
): readonly string[] {
  const own = api.builtIn ? api.scopes.filter((name) => held.has(name)) : api.scopes
  return withinCeiling(own, ceiling)
}

/** The scopes that an organization may give at all. */
export function withinCeiling(
  scopes: readonly string[],
  ceiling: readonly string[] | null,
): readonly string[] {
  if (ceiling === null) return scopes
  const allowed = new Set(ceiling)
  return scopes.filter((name) => allowed.has(name))
}

/**
 * Requires that operations name only scopes of the table, and no method and path twice.
 *
 * @throws {AppError} `invalid_request` pointing at each one that does not
 */
export function requireOperations(
  operations: readonly Operation[],
  scopes: readonly string[],
): void {
  const known = new Set(scopes)
  const seen = new Set<string>()
  const problems = operations.flatMap(({ method, path, permissions }, index): FieldProblem[] => {
    const pointer = `/operations/${index}`
    const key = `${method} ${path}`
    if (seen.has(key)) return [duplicate(pointer)]
    seen.add(key)
    return permissions.flatMap((name, place) =>
      known.has(name) ? [] : [unknownScope(`${pointer}/permissions/${place}`)],
    )
  })
  requireNone(problems, 'An operation names what is not in the permission table.')
}

/**
 * Requires that a new table still lists what the present operations need.
 *
 * @throws {AppError} `invalid_request` naming the scopes that would be missing
 */
export function requireStillListed(
  operations: readonly Operation[],
  scopes: readonly string[],
): void {
  const known = new Set(scopes)
  const missing = new Set(
    operations.flatMap(({ permissions }) => permissions.filter((name) => !known.has(name))),
  )
  if (missing.size === 0) return
  const detail = `Operations need ${[...missing].slice(0, 10).join(', ')}: change them too`
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/permissions', code: 'in_use', detail }],
  })
}

/** A slug made of a name: lower case letters, digits and hyphens, a letter first. */
export function slugFrom(name: string): string {
  return toSlug(name, 'api')
}

/** The slug itself, or with the first number from 2 that makes it a new one. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug
  for (let number = 2; ; number += 1) {
    const candidate = withSuffix(slug, String(number))
    if (!taken.has(candidate)) return candidate
  }
}

function toRow({
  resource,
  actions: offered,
  description,
  scopes,
}: PermissionRowInput): PermissionRow {
  const kept = actions.filter((action) => offered.includes(action))
  return {
    resource,
    actions: kept,
    description: description ?? '',
    scopes: Object.fromEntries(
      kept.map((action) => [action, scopes?.[action] ?? permissionName(resource, action)]),
    ),
  }
}

function scopeOf({ resource, scopes }: PermissionRow, action: Action): string {
  return scopes[action] ?? permissionName(resource, action)
}

function unusedScopes({ actions: offered, scopes }: PermissionRowInput, pointer: string) {
  return actions
    .filter((action) => scopes?.[action] !== undefined && !offered.includes(action))
    .map((action) => ({
      pointer: `${pointer}/scopes/${action}`,
      code: 'invalid',
      detail: 'The row does not offer this action',
    }))
}

function duplicate(pointer: string): FieldProblem {
  return { pointer, code: 'duplicate', detail: 'It stands in the list already' }
}

function sharedScope(pointer: string): FieldProblem {
  return { pointer, code: 'duplicate', detail: 'Another cell of the table has this scope' }
}

function unknownScope(pointer: string): FieldProblem {
  return { pointer, code: 'unknown_permission', detail: 'Not a scope of the permission table' }
}

const PROBLEMS_MAX = 100

function requireNone(problems: readonly FieldProblem[], detail: string): void {
  if (problems.length === 0) return
  throw new AppError('invalid_request', { detail, fields: problems.slice(0, PROBLEMS_MAX) })
}
