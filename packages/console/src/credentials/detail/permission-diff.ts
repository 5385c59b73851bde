/** The permissions that an edit adds and removes. */
export type PermissionDiff = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** Returns the difference between the current and the selected permissions. */
export function diffPermissions(
  before: readonly string[],
  chosen: ReadonlySet<string>,
): PermissionDiff {
  const held = new Set(before)
  return {
    added: [...chosen].filter((name) => !held.has(name)),
    removed: before.filter((name) => !chosen.has(name)),
  }
}

/** Applies an edit to permissions that changed in the meantime. */
export function rebasePermissions(
  now: readonly string[],
  { added, removed }: PermissionDiff,
): ReadonlySet<string> {
  const taken = new Set(removed)
  return new Set([...now.filter((name) => !taken.has(name)), ...added])
}
