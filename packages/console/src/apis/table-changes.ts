import type { Api, Operation } from './api.ts'
import { type DraftRow, remaining, scopesOfDraft, toDraft } from './table-draft.ts'

/** The changes that saving an edited table makes. */
export type TableChanges = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Resources with a new description. */
  readonly described: readonly { readonly resource: string; readonly to: string }[]
  /** Whether the order of the remaining resources changed. */
  readonly isReordered: boolean
}

/** Returns the differences between a saved and an edited table; undefined if there are none. */
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
    described: changedDescriptions(before, rows),
    isReordered: isReordered(before, remaining(rows)),
  }
  const { added, removed, described } = changes
  const isSame = added.length + removed.length + described.length === 0 && !changes.isReordered
  // A new resource without actions has no scope, but it is a change.
  return isSame && remaining(rows).length === before.length ? undefined : changes
}

/** Returns the operations that require a removed permission. */
export function operationsRequiring(
  operations: readonly Operation[],
  removed: readonly string[],
): readonly Operation[] {
  const gone = new Set(removed)
  return operations.filter(({ permissions }) => permissions.some((name) => gone.has(name)))
}

/**
 * Unmaps the operations that require a removed permission, so that all calls to them are rejected. Dropping only
 * the removed permission would admit callers that have the remaining ones.
 */
export function unmapOperations(
  operations: readonly Operation[],
  removed: readonly string[],
): readonly Operation[] {
  const affected = new Set(operationsRequiring(operations, removed))
  return operations.map((one) => (affected.has(one) ? { ...one, permissions: [] } : one))
}

/** Applies the edits to a table that another member changed in the meantime. */
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

/** Sorts rows like another list; rows that are not in that list come last. */
function orderAs(order: readonly DraftRow[], rows: readonly DraftRow[]): readonly DraftRow[] {
  const places = new Map(order.map((row, place) => [row.resource, place]))
  const placeOf = (row: DraftRow): number => places.get(row.resource) ?? order.length
  return rows.toSorted((one, other) => placeOf(one) - placeOf(other))
}

function sameActions(one: DraftRow, other: DraftRow | undefined): boolean {
  return one.actions.join() === other?.actions.join()
}

function changedDescriptions(before: readonly DraftRow[], rows: readonly DraftRow[]) {
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
