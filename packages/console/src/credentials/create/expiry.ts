import { addDays, DAY_MS, instantOf, type WallTime, wallTimeAt } from './zoned-time.ts'

/** The lifetime choices of the form. */
export type ExpiryChoice = '7d' | '30d' | '90d' | '180d' | '1y' | 'custom'

/** The default and maximum lifetime of the organization, in days. */
export type ExpiryPolicy = {
  readonly defaultLifetimeDays: number
  readonly maxLifetimeDays: number
}

/** The current time in milliseconds since 1970, the time zone and the policy. */
export type ExpiryTerms = {
  readonly nowMs: number
  readonly timeZone: string
  readonly policy: ExpiryPolicy
}

/** The values of the date and time fields: `2027-02-19` and `23:59`. */
export type TypedExpiry = { readonly date: string; readonly time: string }

/** The tolerated lead of the browser's clock over the server's before the server rejects an expiry. */
const SKEW_MS = 5 * 60_000
const LAST_OF_DAY = { hour: 23, minute: 59 }
const YEAR_DAYS = 365

const days = { '7d': 7, '30d': 30, '90d': 90, '180d': 180, '1y': YEAR_DAYS } as const

/** Returns the choices that the policy allows. `custom` is always included. */
export function offeredExpiries({ maxLifetimeDays }: ExpiryPolicy): readonly ExpiryChoice[] {
  const fixed = Object.entries(days).filter(([, count]) => count <= maxLifetimeDays)
  return [...fixed.map(([name]) => toChoice(name)), 'custom']
}

/** Returns the longest offered choice up to a number of days; the shortest one if all are longer. */
export function expiryWithin(wantedDays: number, policy: ExpiryPolicy): ExpiryChoice {
  const offered = offeredExpiries(policy).filter((choice) => choice !== 'custom')
  return offered.findLast((choice) => days[choice] <= wantedDays) ?? offered[0] ?? 'custom'
}

/** Returns the latest valid expiry, in whole minutes: one calendar year or the policy's maximum. */
export function latestExpiry({ nowMs, policy }: ExpiryTerms): number {
  const year = new Date(nowMs)
  year.setUTCFullYear(year.getUTCFullYear() + 1)
  // 29 February plus a year is 28 February, as on the server.
  if (year.getUTCMonth() !== new Date(nowMs).getUTCMonth()) year.setUTCDate(0)
  const latest = Math.min(year.getTime(), nowMs + policy.maxLifetimeDays * DAY_MS) - SKEW_MS
  return Math.floor(latest / 60_000) * 60_000
}

/**
 * Returns the instant of a choice: the end of the last day in the time zone, or the latest valid expiry if that
 * is earlier. Undefined for a date and time that do not exist.
 */
export function expiryInstant(
  choice: ExpiryChoice,
  typed: TypedExpiry,
  terms: ExpiryTerms,
): number | undefined {
  if (choice === 'custom') return typedInstant(typed, terms.timeZone)
  const today = { ...wallTimeAt(terms.nowMs, terms.timeZone), ...LAST_OF_DAY }
  return Math.min(instantOf(addDays(today, days[choice]), terms.timeZone), latestExpiry(terms))
}

/** Returns why an expiry is invalid; undefined if it is valid. */
export function expiryFault(
  ms: number | undefined,
  terms: ExpiryTerms,
): 'incomplete' | 'past' | 'tooLate' | undefined {
  if (ms === undefined) return 'incomplete'
  if (ms <= terms.nowMs) return 'past'
  return ms > latestExpiry(terms) ? 'tooLate' : undefined
}

/** Returns the values of the date and time fields for an instant. */
export function typedOf(ms: number, timeZone: string): TypedExpiry {
  const { year, month, day, hour, minute } = wallTimeAt(ms, timeZone)
  const two = (value: number): string => String(value).padStart(2, '0')
  return {
    date: `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}`,
  }
}

/** Returns the number of whole days until an expiry. */
export function lifetimeDays(ms: number, nowMs: number): number {
  return Math.max(0, Math.floor((ms - nowMs) / DAY_MS))
}

const TYPED = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/

function typedInstant({ date, time }: TypedExpiry, timeZone: string): number | undefined {
  const match = TYPED.exec(`${date}T${time}`)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number)
  const wall: WallTime = { year, month, day, hour, minute }
  const back = new Date(Date.UTC(year, month - 1, day, hour, minute))
  const exists = back.getUTCMonth() === month - 1 && back.getUTCHours() === hour && minute < 60
  return exists ? instantOf(wall, timeZone) : undefined
}

function toChoice(name: string): ExpiryChoice {
  const known = ['7d', '30d', '90d', '180d', '1y'] as const
  return known.find((choice) => choice === name) ?? 'custom'
}
