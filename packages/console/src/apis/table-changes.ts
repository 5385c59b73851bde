import type { Api, Operation } from './api.ts'
import { type DraftRow, remaining, scopesOfDraft, toDraft } from './table-draft.ts'

/** What saving an edited table would change. */
export type TableChanges = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Resources with another description. */
  readonly described: readonly { readonly resource: string; readonly to: string }[]
  /** Whether the resources that stay stand in another order. */
  readonly isReordered: boolean
}

/** What differs between a saved table and an edited one; undefined when nothing does. */
export function compareTables(
  permissions: Api['permissions'],
  rows: readonly DraftRow[],
): TableChanges | undefined {
  const before = toDraft(permissions)
  const scopes = { before: scopesOfDraft(before), after: scopesOfDraft(rows) }
  const known = { before: new Set(scopes.before), after: new Set(scopes.after) }
  const changes = {
    added: scopes.after.filter((scope) => !known.before.has(scope)),
    removed: scopes.before.filter((scope) => !known.after.has(scope)),
    described: describedAnew(before, rows),
    isReordered: isReordered(before, remaining(rows)),
  }
  const { added, removed, described } = changes
  const isSame = added.length + removed.length + described.length === 0 && !changes.isReordered
  // A resource that offers nothing yet has no scope, and is a change all the same.
  return isSame && remaining(rows).length === before.length ? undefined : changes
}

/** The operations that need something of what would be removed. */
export function operationsNeeding(
  operations: readonly Operation[],
  removed: readonly string[],
): readonly Operation[] {
  const gone = new Set(removed)
  return operations.filter(({ permissions }) => permissions.some((name) => gone.has(name)))
}

/**
 * The operations with nothing named for those that need what is removed: a call to them is refused then. Only
 * to leave out what is removed would let callers in who have the rest alone.
 */
export function closeOperations(
  operations: readonly Operation[],
  removed: readonly string[],
): readonly Operation[] {
  const needing = new Set(operationsNeeding(operations, removed))
  return operations.map((one) => (needing.has(one) ? { ...one, permissions: [] } : one))
}

/** What was typed, laid over a table that somebody else has changed in the meantime. */
export function rebaseDraft(
  base: Api['permissions'],
  rows: readonly DraftRow[],
  latest: Api['permissions'],
): readonly DraftRow[] {
  const before = new Map(toDraft(base).map((row) => [row.resource, row]))
  const typed = new Map(rows.map((row) => [row.resource, row]))
  const there = toDraft(latest).map((row) => {
    const [was, is] = [before.get(row.resource), typed.get(row.resource)]
    if (is === undefined) return row
    return {
      ...row,
      actions: sameActions(is, was) ? row.actions : is.actions,
      description: is.description === was?.description ? row.description : is.description,
      isRemoved: is.isRemoved,
    }
  })
  const present = new Set(there.map((row) => row.resource))
  const added = rows.filter((row) => !row.isSaved && !present.has(row.resource))
  const all = [...there, ...added]
  return isReordered([...before.values()], rows) ? orderAs(rows, all) : all
}

/** As they stand in the one list; what is not in it stays behind all that is. */
function orderAs(order: readonly DraftRow[], rows: readonly DraftRow[]): readonly DraftRow[] {
  const places = new Map(order.map((row, place) => [row.resource, place]))
  const placeOf = (row: DraftRow): number => places.get(row.resource) ?? order.length
  return rows.toSorted((one, other) => placeOf(one) - placeOf(other))
}

function sameActions(one: DraftRow, other: DraftRow | undefined): boolean {
  return one.actions.join() === other?.actions.join()
}

function describedAnew(before: readonly DraftRow[], rows: readonly DraftRow[]) {
  const texts = new Map(before.map((row) => [row.resource, row.description]))
  return remaining(rows)
    .filter((row) => row.description.trim() !== (texts.get(row.resource) ?? ''))
    .map((row) => ({ resource: row.resource, to: row.description.trim() }))
}

function isReordered(before: readonly DraftRow[], after: readonly DraftRow[]): boolean {
  const staying = new Set(after.map((row) => row.resource))
  const order = before.map((row) => row.resource).filter((name) => staying.has(name))
  const present = new Set(order)
  const now = after.map((row) => row.resource).filter((name) => present.has(name))
  return order.some((name, place) => now[place] !== name)
}
