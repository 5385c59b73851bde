import { type Cells, heldCells, type PermissionRow } from '../permissions/permission-rows.ts'

/** What may be done with which resources. */
export type Power = { readonly cells: Cells; readonly resources: readonly string[] }

/** A selection as one says it: resources with which the same may be done together, the most powerful first. */
export function powersOf(
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
): readonly Power[] {
  const groups = Map.groupBy(rows, (row) => heldCells(row, selected))
  return [...groups]
    .filter(([cells]) => cells !== 0)
    .toSorted(([one], [other]) => other - one)
    .map(([cells, members]) => ({ cells, resources: members.map(({ resource }) => resource) }))
}
