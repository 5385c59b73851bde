/**
 * What differs between two states, as the audit log keeps it: field → before and after. Only the named
 * fields are looked at, so that what must not be in the log is not.
 */
export function differences<T extends object>(
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
