/** What an edit of permissions adds and takes. */
export type PermissionDiff = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** What differs between the permissions that a credential has and those that are chosen. */
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

/** The same additions and removals on what the permissions have become meanwhile. */
export function rebasePermissions(
  now: readonly string[],
  { added, removed }: PermissionDiff,
): ReadonlySet<string> {
  const taken = new Set(removed)
  return new Set([...now.filter((name) => !taken.has(name)), ...added])
}
