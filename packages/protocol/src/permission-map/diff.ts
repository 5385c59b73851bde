import type { MappedOperation, PermissionMap } from '../permission-map.ts'

/** What one side of a comparison has and the other has not. */
export type PermissionMapDiffPart = {
  readonly permissions: readonly string[]
  readonly operations: readonly MappedOperation[]
}

/** An operation that both sides have, with other permissions. */
export type ChangedOperation = {
  readonly method: string
  readonly path: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** What replacing one permission map by another would do. */
export type PermissionMapDiff = {
  readonly added: PermissionMapDiffPart
  readonly removed: PermissionMapDiffPart
  readonly changed: readonly ChangedOperation[]
}

/** What is compared of a permission map. */
export type ComparablePermissionMap = Pick<PermissionMap, 'permissions' | 'operations'>

/**
 * What changes from one permission map to another, in the order of the map that has it. Operations
 * are the same when method and path are written alike; the order of their permissions does not count.
 */
export function diffPermissionMaps(
  before: ComparablePermissionMap,
  after: ComparablePermissionMap,
): PermissionMapDiff {
  return {
    added: findMissing(after, before),
    removed: findMissing(before, after),
    changed: findChanged(before.operations, after.operations),
  }
}

/** What stands in one map and not in the other. */
function findMissing(
  one: ComparablePermissionMap,
  other: ComparablePermissionMap,
): PermissionMapDiffPart {
  const permissions = new Set(other.permissions)
  const keys = new Set(other.operations.map(keyOf))
  return {
    permissions: one.permissions.filter((permission) => !permissions.has(permission)),
    operations: one.operations.filter((operation) => !keys.has(keyOf(operation))),
  }
}

function findChanged(
  before: readonly MappedOperation[],
  after: readonly MappedOperation[],
): readonly ChangedOperation[] {
  const earlier = new Map(before.map((operation) => [keyOf(operation), operation.permissions]))
  return after.flatMap((operation) => {
    const permissions = earlier.get(keyOf(operation))
    if (permissions === undefined || isSameSet(permissions, operation.permissions)) return []
    const { method, path } = operation
    return [{ method, path, before: permissions, after: operation.permissions }]
  })
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  const names = new Set(one)
  return names.size === new Set(other).size && other.every((name) => names.has(name))
}

function keyOf({ method, path }: MappedOperation): string {
  return `${method} ${path}`
}
