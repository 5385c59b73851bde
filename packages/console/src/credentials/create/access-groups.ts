import { type Cells, heldCells, type PermissionRow } from '../permissions/permission-rows.ts'

/** Resources with the same selected actions. */
export type AccessGroup = { readonly cells: Cells; readonly resources: readonly string[] }

/** Groups resources by their selected actions, the broadest access first. */
export function groupByAccess(
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
): readonly AccessGroup[] {
  const groups = Map.groupBy(rows, (row) => heldCells(row, selected))
  return [...groups]
    .filter(([cells]) => cells !== 0)
    .toSorted(([one], [other]) => other - one)
    .map(([cells, members]) => ({ cells, resources: members.map(({ resource }) => resource) }))
}
