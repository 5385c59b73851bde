import type { ResponseBody, routes } from '@keyporter/contract'

/** The usage of a credential in a time range. */
export type UsageReport = ResponseBody<typeof routes.credentials.usage>
type Outcomes = Readonly<Record<string, number>>

/** A bar of the chart. */
export type Bar = {
  readonly start: string
  readonly accepted: number
  readonly rejected: number
  readonly tokens: number
}

/** The selectable time ranges with their bucket size. */
export const usageRanges = {
  '24h': { hours: 24, interval: 'hour' },
  '7d': { hours: 7 * 24, interval: 'day' },
  '30d': { hours: 30 * 24, interval: 'day' },
  '90d': { hours: 90 * 24, interval: 'day' },
} as const
export type UsageRange = keyof typeof usageRanges

/** Returns the range with this name; seven days if there is none. */
export function usageRangeOf(name: string | undefined): UsageRange {
  return isUsageRange(name) ? name : '7d'
}

/** Returns whether a range has this name. */
export function isUsageRange(name: string | undefined): name is UsageRange {
  return name !== undefined && Object.hasOwn(usageRanges, name)
}

/** Groups outcomes into accepted, rejected and tokens. Services that verify tokens offline report no calls. */
export function barOf(start: string, outcomes: Outcomes): Bar {
  const { valid: accepted = 0, token_issued: tokens = 0, ...others } = outcomes
  const rejected = Object.values(others).reduce((sum, count) => sum + count, 0)
  return { start, accepted, rejected, tokens }
}

/** Sorts by descending count, then by name. */
export function ranked(counts: Outcomes): readonly (readonly [string, number])[] {
  return Object.entries(counts).toSorted(
    ([name, count], [otherName, otherCount]) =>
      otherCount - count || name.localeCompare(otherName, 'en'),
  )
}

/** Returns the permissions that no accepted call required. */
export function unusedOf(permissions: readonly string[], report: UsageReport): readonly string[] {
  return permissions.filter((name) => (report.totals.permissions[name] ?? 0) === 0)
}
