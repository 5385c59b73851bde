import { PERMISSION_ACTIONS, type PermissionAction, permissionScope } from '@keyporter/protocol'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { toSlug, withSuffix } from '../../kernel/slug.ts'

/** A stored row of a permission table: a resource, its actions, and the scope of each action. */
export type PermissionRow = {
  readonly resource: string
  readonly actions: readonly PermissionAction[]
  readonly description: string
  readonly scopes: Readonly<Partial<Record<PermissionAction, string>>>
}

/** An operation of an API, and the permissions that a caller needs for it. */
export type Operation = {
  readonly method: string
  readonly path: string
  readonly permissions: readonly string[]
}

/** A row of a permission table in a request. The default scope of an action is `RESOURCE_ACTION`. */
export type PermissionRowInput = {
  readonly resource: string
  readonly actions: readonly PermissionAction[]
  readonly description?: string | undefined
  readonly scopes?: Readonly<Partial<Record<PermissionAction, string | undefined>>> | undefined
}

/**
 * Returns the normalized permission table: actions without duplicates, in a fixed order, each with its scope.
 *
 * @throws {AppError} `invalid_request` for a duplicate resource, a duplicate scope, or a scope for an action that
 *   the row does not have
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
    const stored = toRow(row)
    for (const action of stored.actions) {
      const scope = scopeOf(stored, action)
      if (taken.has(scope)) problems.push(sharedScope(`${pointer}/scopes/${action}`))
      taken.add(scope)
    }
    return stored
  })
  requireNone(problems, 'The permission table contains invalid rows.')
  return table
}

/** Returns the scopes of a permission table, in its order. */
export function scopesOf(table: readonly PermissionRow[]): readonly string[] {
  return table.flatMap((row) => row.actions.map((action) => scopeOf(row, action)))
}

/** The limits of granting: the permissions of the caller, and the organization's ceiling. */
export type GrantTerms = {
  readonly held: ReadonlySet<string>
  readonly ceiling: readonly string[] | null
}

/**
 * Returns the scopes of an API that a caller can grant to a credential, in the order of the table. For the built-in
 * API these are the caller's own scopes. For other APIs, a caller that can manage credentials can grant all scopes.
 * The organization's ceiling limits both.
 */
export function grantableScopes(
  api: { readonly builtIn: boolean; readonly scopes: readonly string[] },
  { held, ceiling }: GrantTerms,
): readonly string[] {
  const own = api.builtIn ? api.scopes.filter((name) => held.has(name)) : api.scopes
  return withinCeiling(own, ceiling)
}

/** Returns the scopes that the organization's ceiling allows. */
export function withinCeiling(
  scopes: readonly string[],
  ceiling: readonly string[] | null,
): readonly string[] {
  if (ceiling === null) return scopes
  const allowed = new Set(ceiling)
  return scopes.filter((name) => allowed.has(name))
}

/**
 * Requires that operations are unique by method and path, and use only scopes of the permission table.
 *
 * @throws {AppError} `invalid_request` pointing at each violation
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
  requireNone(problems, 'Operations must be unique and use scopes of the permission table.')
}

/**
 * Requires that a new permission table contains all scopes that the current operations need.
 *
 * @throws {AppError} `invalid_request` naming the missing scopes
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
  const names = [...missing].slice(0, 10).join(', ')
  const detail = `Operations still need ${names}. Update the operations too`
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/permissions', code: 'in_use', detail }],
  })
}

/** Derives a slug from a name: lower case letters, digits and hyphens, starting with a letter. */
export function slugFrom(name: string): string {
  return toSlug(name, 'api')
}

/** Returns the slug, with the lowest number from 2 as suffix when it is taken. */
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
  const ordered = PERMISSION_ACTIONS.filter((action) => offered.includes(action))
  return {
    resource,
    actions: ordered,
    description: description ?? '',
    scopes: Object.fromEntries(
      ordered.map((action) => [action, scopes?.[action] ?? permissionScope({ resource, action })]),
    ),
  }
}

function scopeOf({ resource, scopes }: PermissionRow, action: PermissionAction): string {
  return scopes[action] ?? permissionScope({ resource, action })
}

function unusedScopes({ actions: offered, scopes }: PermissionRowInput, pointer: string) {
  return PERMISSION_ACTIONS.filter(
    (action) => scopes?.[action] !== undefined && !offered.includes(action),
  ).map((action) => ({
    pointer: `${pointer}/scopes/${action}`,
    code: 'invalid',
    detail: 'The row does not have this action',
  }))
}

function duplicate(pointer: string): FieldProblem {
  return { pointer, code: 'duplicate', detail: 'Duplicate entry' }
}

function sharedScope(pointer: string): FieldProblem {
  return { pointer, code: 'duplicate', detail: 'Another action has the same scope' }
}

function unknownScope(pointer: string): FieldProblem {
  return { pointer, code: 'unknown_permission', detail: 'Not a scope of the permission table' }
}

const PROBLEMS_MAX = 100

function requireNone(problems: readonly FieldProblem[], detail: string): void {
  if (problems.length === 0) return
  throw new AppError('invalid_request', { detail, fields: problems.slice(0, PROBLEMS_MAX) })
}
