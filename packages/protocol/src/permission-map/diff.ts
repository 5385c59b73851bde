import type { MappedOperation, PermissionMap } from '../permission-map.ts'

/** Permissions and operations that only one of two permission maps contains. */
export type PermissionMapDiffPart = {
  readonly permissions: readonly string[]
  readonly operations: readonly MappedOperation[]
}

/** An operation of both permission maps, with different permissions. */
export type ChangedOperation = {
  readonly method: string
  readonly path: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** The differences between two permission maps. */
export type PermissionMapDiff = {
  readonly added: PermissionMapDiffPart
  readonly removed: PermissionMapDiffPart
  readonly changed: readonly ChangedOperation[]
}

/** The compared parts of a permission map. */
export type ComparablePermissionMap = Pick<PermissionMap, 'permissions' | 'operations'>

/**
 * Returns the differences between two permission maps, in the order of the map that contains the entry.
 * Operations with equal method and path are the same. The order of permissions does not matter.
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

/** Returns the entries of one map that the other map does not contain. */
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
