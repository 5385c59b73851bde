import { type Cells, heldCells, type PermissionRow } from '../permissions/permission-rows.ts'

/** Resources with the same selected actions. */
export type Power = { readonly cells: Cells; readonly resources: readonly string[] }

/** Groups resources by their selected actions, the broadest access first. */
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
