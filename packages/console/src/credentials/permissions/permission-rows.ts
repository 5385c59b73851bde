import type { Answer, routes } from '@keyporter/contract'

/** As much of an api as its permission table asks for. */
export type PermissionApi = Pick<
  Answer<typeof routes.apis.list>['data'][number],
  'permissions' | 'scopes'
> & {
  /** What this caller may give; everything unless told. */
  readonly grantable?: readonly string[]
}

/** The columns of the table, in their order. */
export const columns = ['read', 'write', 'delete'] as const

/** Some of a row's cells, one bit each: 1 is read, 2 write, 4 delete. */
export type Cells = number

export const READ: Cells = 1
export const WRITE: Cells = 2
export const ALL: Cells = 7

/** A row of the table: a resource, and what each of its cells stands for. */
export type PermissionRow = {
  readonly resource: string
  readonly description: string
  /** The permission of each column; undefined where the resource does not offer it. */
  readonly scopes: readonly (string | undefined)[]
  readonly offered: Cells
  /** Of those, what the caller may give or take. */
  readonly open: Cells
}

/** The rows of an api's table. */
export function permissionRows(api: PermissionApi): readonly PermissionRow[] {
  const grantable = new Set(api.grantable ?? api.scopes)
  return api.permissions.map(({ resource, actions, description, scopes }) => {
    const offers = new Set<string>(actions)
    const cells = columns.map((action) =>
      offers.has(action) ? (scopes[action] ?? `${resource}_${action.toUpperCase()}`) : undefined,
    )
    return {
      resource,
      description,
      scopes: cells,
      offered: cellsOf(cells, (scope) => scope !== undefined),
      open: cellsOf(cells, (scope) => scope !== undefined && grantable.has(scope)),
    }
  })
}

/** The cells of a row that are ticked. */
export function heldCells(row: PermissionRow, selected: ReadonlySet<string>): Cells {
  return cellsOf(row.scopes, (scope) => scope !== undefined && selected.has(scope))
}

/**
 * Ticks, in every row given, the cells that `wanted` answers, and no other. What the caller may not give stays
 * as it is.
 */
export function setCells(
  selected: ReadonlySet<string>,
  rows: readonly PermissionRow[],
  wanted: (row: PermissionRow, held: Cells) => Cells,
): Set<string> {
  const next = new Set(selected)
  for (const row of rows) {
    const cells = wanted(row, heldCells(row, selected))
    for (const [column, scope] of row.scopes.entries()) {
      if (scope === undefined || (row.open & (1 << column)) === 0) continue
      if ((cells & (1 << column)) === 0) next.delete(scope)
      else next.add(scope)
    }
  }
  return next
}

/** How much of a column is ticked, of what can be. */
export function columnState(
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
  column: number,
): { readonly open: number; readonly held: number } {
  const bit = 1 << column
  const open = rows.filter((row) => (row.open & bit) !== 0)
  return {
    open: open.length,
    held: open.filter((row) => (heldCells(row, selected) & bit) !== 0).length,
  }
}

/** The rows that may write or delete, but not read although that is on offer. */
export function rowsWithoutRead(
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
): readonly PermissionRow[] {
  return rows.filter((row) => {
    const held = heldCells(row, selected)
    return held > READ && (held & READ) === 0 && (row.open & READ) !== 0
  })
}

/** The shortcuts of a row, each with the cells that it ticks; where two are the same, the first. */
export function rowShortcuts(
  open: Cells,
): readonly { readonly name: Shortcut; readonly cells: Cells }[] {
  const offered = shortcuts.map(({ name, cells }) => ({ name, cells: cells & open }))
  return offered.filter(
    ({ cells }, at) => offered.findIndex((earlier) => earlier.cells === cells) === at,
  )
}

export type Shortcut = 'none' | 'read' | 'readWrite' | 'full'

const shortcuts = [
  { name: 'none', cells: 0 },
  { name: 'read', cells: READ },
  { name: 'readWrite', cells: READ | WRITE },
  { name: 'full', cells: ALL },
] as const

function cellsOf(
  scopes: readonly (string | undefined)[],
  isIn: (scope: string | undefined) => boolean,
): Cells {
  return scopes.reduce((cells, scope, column) => (isIn(scope) ? cells | (1 << column) : cells), 0)
}
