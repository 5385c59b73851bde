import type { Input, Output, routes } from '@keyporter/contract'
import { formatInstant, parseInstant } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { UsageSum } from './rows.ts'

/** The time range of a report, in whole steps. */
export type UsageRange = {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  readonly interval: 'hour' | 'day'
  readonly stepMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const intervals = {
  hour: { stepMs: HOUR_MS, defaultMs: DAY_MS, longestMs: 31 * DAY_MS, longest: '31 days' },
  day: { stepMs: DAY_MS, defaultMs: 30 * DAY_MS, longestMs: 400 * DAY_MS, longest: '400 days' },
} as const

type Query = Input<typeof routes.credentials.usage>['query']
type Report = Output<typeof routes.credentials.usage>

/**
 * Returns the time range of a report, extended to whole steps in UTC. Default: the last 30 days by day, or the last
 * 24 hours by hour.
 *
 * @throws {AppError} `invalid_request` when the range is empty, or longer than 400 days (31 days by hour)
 */
export function usageRange(query: Query, nowMs: number): UsageRange {
  const interval = query.interval ?? 'day'
  const { stepMs, defaultMs, longestMs, longest } = intervals[interval]
  // The end is exclusive; the report includes the current millisecond.
  const toMs = ceilTo(instantOf(query.to) ?? nowMs + 1, stepMs)
  const given = instantOf(query.from)
  const fromMs = given === undefined ? toMs - defaultMs : given - mod(given, stepMs)
  if (fromMs >= toMs) throw rangeProblem('from must be before to')
  if (toMs - fromMs > longestMs) {
    throw rangeProblem(`A report by ${interval} covers at most ${longest}`)
  }
  return { fromMs, toMs, interval, stepMs }
}

/** Returns a report with a bucket for every step, including empty ones. */
export function usageReport(range: UsageRange, sums: readonly UsageSum[]): Report {
  const { fromMs, toMs, interval, stepMs } = range
  const bySteps = Map.groupBy(sums, ({ start }) => start)
  const buckets = Array.from({ length: (toMs - fromMs) / stepMs }, (_, step) => {
    const start = fromMs + step * stepMs
    return { start: formatInstant(start), ...sumCounts(bySteps.get(start) ?? []) }
  })
  const [from, to] = [formatInstant(fromMs), formatInstant(toMs)]
  return { from, to, interval, buckets, totals: sumCounts(sums) }
}

function sumCounts(sums: readonly UsageSum[]): Report['totals'] {
  const outcomes: Record<string, number> = {}
  const permissions: Record<string, number> = {}
  for (const { outcome, permission, count } of sums) {
    const [counts, name] = permission === '' ? [outcomes, outcome] : [permissions, permission]
    counts[name] = (counts[name] ?? 0) + count
  }
  return { outcomes, permissions }
}

function instantOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInstant(text)
}

function ceilTo(ms: number, stepMs: number): number {
  const over = mod(ms, stepMs)
  return over === 0 ? ms : ms - over + stepMs
}

// The remainder operator gives negative results for instants before 1970.
function mod(ms: number, stepMs: number): number {
  return ((ms % stepMs) + stepMs) % stepMs
}

function rangeProblem(detail: string): AppError {
  return new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/query/from', code: 'invalid', detail }],
  })
}
