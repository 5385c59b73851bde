import type { ResponseBody, routes } from '@keyporter/contract'

/** The fields of an API that the permission table needs. */
export type PermissionApi = Pick<
  ResponseBody<typeof routes.apis.list>['data'][number],
  'permissions' | 'scopes'
> & {
  /** The permissions that the member can grant; all by default. */
  readonly grantable?: readonly string[]
}

/** The columns of the table, in display order. */
export const columns = ['read', 'write', 'delete'] as const

/** A bit set of a row's cells: 1 is read, 2 is write, 4 is delete. */
export type Cells = number

export const READ: Cells = 1
export const WRITE: Cells = 2
export const ALL: Cells = 7

/** A row of the table: a resource and its permissions. */
export type PermissionRow = {
  readonly resource: string
  readonly description: string
  /** The permission of each column; undefined if the resource does not support the action. */
  readonly scopes: readonly (string | undefined)[]
  readonly offered: Cells
  /** The offered cells that the member can grant or remove. */
  readonly open: Cells
}

/** Returns the rows of an API's table. */
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

/** Returns the selected cells of a row. */
export function heldCells(row: PermissionRow, selected: ReadonlySet<string>): Cells {
  return cellsOf(row.scopes, (scope) => scope !== undefined && selected.has(scope))
}

/**
 * Sets the cells of every given row to the result of `wanted`. Permissions that the member cannot grant are not
 * changed.
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

/** Returns the number of selected and of selectable cells in a column. */
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

/** Returns the rows with Write or Delete selected, but not Read, although it can be granted. */
export function rowsWithoutRead(
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
): readonly PermissionRow[] {
  return rows.filter((row) => {
    const held = heldCells(row, selected)
    return held > READ && (held & READ) === 0 && (row.open & READ) !== 0
  })
}

/** Returns the shortcuts of a row with their cells. Of shortcuts with equal cells, only the first is returned. */
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
