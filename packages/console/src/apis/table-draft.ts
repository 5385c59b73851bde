import { PERMISSION_ACTIONS, type PermissionAction, permissionScope } from '@keyporter/protocol'
import type { Api } from './api.ts'

/** A resource of an edited permission table. */
export type DraftRow = {
  readonly key: string
  readonly resource: string
  readonly actions: readonly PermissionAction[]
  readonly description: string
  /** Scopes with another name than `RESOURCE_ACTION`. */
  readonly scopes: Readonly<Partial<Record<PermissionAction, string>>>
  /** Whether the resource exists on the server, so that credentials may carry its name. */
  readonly isSaved: boolean
  readonly isRemoved: boolean
}

/** One edit of the table. */
export type DraftChange =
  | {
      readonly kind: 'add'
      readonly resource: string
      readonly actions: readonly PermissionAction[]
    }
  | { readonly kind: 'toggle'; readonly key: string; readonly action: PermissionAction }
  | { readonly kind: 'describe'; readonly key: string; readonly description: string }
  | { readonly kind: 'remove'; readonly key: string }
  | { readonly kind: 'restore'; readonly key: string }
  | { readonly kind: 'move'; readonly key: string; readonly by: -1 | 1 }
  | { readonly kind: 'replace'; readonly rows: readonly DraftRow[] }

type Permissions = Api['permissions']
type Change<K extends DraftChange['kind']> = Extract<DraftChange, { readonly kind: K }>

/** Returns a draft of a saved table. */
export function toDraft(permissions: Permissions): readonly DraftRow[] {
  return permissions.map((row) => ({
    key: row.resource,
    resource: row.resource,
    actions: row.actions,
    description: row.description,
    scopes: customScopes(row),
    isSaved: true,
    isRemoved: false,
  }))
}

/** Applies an edit to the table. */
export function changeDraft(rows: readonly DraftRow[], change: DraftChange): readonly DraftRow[] {
  switch (change.kind) {
    case 'add':
      return [...rows, newRow(change)]
    case 'move':
      return move(rows, change)
    case 'remove':
      return rows.flatMap((row) => {
        if (row.key !== change.key) return row
        return row.isSaved ? { ...row, isRemoved: true } : []
      })
    case 'replace':
      return change.rows
    default:
      return rows.map((row) => (row.key === change.key ? changeRow(row, change) : row))
  }
}

/** Returns the table in the request format of the management API. */
export function toTable(rows: readonly DraftRow[]) {
  return remaining(rows).map(({ resource, actions: offered, description, scopes }) => {
    const kept = PERMISSION_ACTIONS.filter((action) => offered.includes(action))
    const own = Object.fromEntries(
      kept.flatMap((action) => (scopes[action] === undefined ? [] : [[action, scopes[action]]])),
    )
    return {
      resource,
      actions: kept,
      description,
      ...(Object.keys(own).length === 0 ? {} : { scopes: own }),
    }
  })
}

/** Returns every scope of an edited table, in table order. */
export function scopesOfDraft(rows: readonly DraftRow[]): readonly string[] {
  return remaining(rows).flatMap((row) =>
    PERMISSION_ACTIONS.flatMap((action) =>
      row.actions.includes(action) ? scopeOf(row, action) : [],
    ),
  )
}

/** Returns the scope of one cell. */
export function scopeOf({ resource, scopes }: DraftRow, action: PermissionAction): string {
  return scopes[action] ?? permissionScope({ resource, action })
}

/** Returns the resources without actions, which the server rejects. */
export function resourcesWithoutActions(rows: readonly DraftRow[]): readonly string[] {
  return remaining(rows)
    .filter((row) => row.actions.length === 0)
    .map((row) => row.resource)
}

/** Returns the rows that are not removed. */
export function remaining(rows: readonly DraftRow[]): readonly DraftRow[] {
  return rows.filter((row) => !row.isRemoved)
}

function newRow({ resource, actions: offered }: Change<'add'>): DraftRow {
  const key = `new ${resource}`
  const defaults = { description: '', scopes: {}, isSaved: false, isRemoved: false }
  return { key, resource, actions: offered, ...defaults }
}

function move(rows: readonly DraftRow[], { key, by }: Change<'move'>): readonly DraftRow[] {
  const from = rows.findIndex((row) => row.key === key)
  const row = rows[from]
  const to = from + by
  if (row === undefined || to < 0 || to >= rows.length) return rows
  return rows.toSpliced(from, 1).toSpliced(to, 0, row)
}

function changeRow(row: DraftRow, change: Change<'toggle' | 'describe' | 'restore'>): DraftRow {
  switch (change.kind) {
    case 'toggle':
      return { ...row, actions: toggled(row.actions, change.action) }
    case 'describe':
      return { ...row, description: change.description }
    case 'restore':
      return { ...row, isRemoved: false }
  }
}

function toggled(
  offered: readonly PermissionAction[],
  action: PermissionAction,
): readonly PermissionAction[] {
  return PERMISSION_ACTIONS.filter((one) => offered.includes(one) !== (one === action))
}

function customScopes(row: Permissions[number]): DraftRow['scopes'] {
  return Object.fromEntries(
    row.actions.flatMap((action) => {
      const scope = row.scopes[action]
      return scope === undefined || scope === permissionScope({ resource: row.resource, action })
        ? []
        : [[action, scope]]
    }),
  )
}
