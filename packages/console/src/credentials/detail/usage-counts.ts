import type { Answer, routes } from '@keyporter/contract'

/** How often a credential was used. */
export type UsageReport = Answer<typeof routes.credentials.usage>
type Outcomes = Readonly<Record<string, number>>

/** One bar of the chart. */
export type Bar = {
  readonly start: string
  readonly accepted: number
  readonly refused: number
  readonly tokens: number
}

/** The time ranges that can be looked at, each with the steps in which it is shown. */
export const usageRanges = {
  '24h': { hours: 24, interval: 'hour' },
  '7d': { hours: 7 * 24, interval: 'day' },
  '30d': { hours: 30 * 24, interval: 'day' },
  '90d': { hours: 90 * 24, interval: 'day' },
} as const
export type UsageRange = keyof typeof usageRanges

/** The range that a text names; seven days when it names none. */
export function usageRangeOf(name: string | undefined): UsageRange {
  return isUsageRange(name) ? name : '7d'
}

/** Whether a text names one of the ranges. */
export function isUsageRange(name: string | undefined): name is UsageRange {
  return name !== undefined && Object.hasOwn(usageRanges, name)
}

/** Calls let through, calls turned away, and tokens: a token is no call, yet it shows where calls are checked elsewhere. */
export function barOf(start: string, outcomes: Outcomes): Bar {
  const { valid: accepted = 0, token_issued: tokens = 0, ...others } = outcomes
  const refused = Object.values(others).reduce((sum, count) => sum + count, 0)
  return { start, accepted, refused, tokens }
}

/** The names with their counts, the greatest first, and of equals in the order of the letters. */
export function ranked(counts: Outcomes): readonly (readonly [string, number])[] {
  return Object.entries(counts).toSorted(
    ([name, count], [otherName, otherCount]) =>
      otherCount - count || name.localeCompare(otherName, 'en'),
  )
}

/** What is allowed and was not asked for by any accepted call. */
export function unusedOf(permissions: readonly string[], report: UsageReport): readonly string[] {
  return permissions.filter((name) => (report.totals.permissions[name] ?? 0) === 0)
}
