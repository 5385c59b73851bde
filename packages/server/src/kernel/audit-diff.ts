const NAMES_MAX = 50

/**
 * Returns the differences between two states for an audit event: field → before and after. Compares
 * only the listed fields, so that secrets cannot enter the log.
 */
export function describeChange<T extends object>(
  from: T,
  to: T,
  fields: readonly (keyof T & string)[],
): Record<string, { readonly from: unknown; readonly to: unknown }> {
  return Object.fromEntries(
    fields
      .filter((field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]))
      .map((field) => [field, { from: from[field], to: to[field] }]),
  )
}

/** Returns the change of a list for an audit event: counts, and at most 50 removed and 50 added names. */
export function describeListChange(
  before: readonly string[],
  after: readonly string[],
): { readonly from: object; readonly to: object } {
  return {
    from: { count: before.length, removed: truncate(without(before, after)) },
    to: { count: after.length, added: truncate(without(after, before)) },
  }
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const excluded = new Set(others)
  return names.filter((name) => !excluded.has(name))
}

function truncate(names: readonly string[]): readonly string[] {
  if (names.length <= NAMES_MAX) return names
  return [...names.slice(0, NAMES_MAX), `… and ${names.length - NAMES_MAX} more`]
}
