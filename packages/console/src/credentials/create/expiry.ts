import { addDays, DAY_MS, instantOf, type WallTime, wallTimeAt } from './zoned-time.ts'

/** How long a credential is to live, as one chooses it. */
export type ExpiryChoice = '7d' | '30d' | '90d' | '180d' | '1y' | 'custom'

/** What bounds a lifetime, and the usual one, in days. */
export type ExpiryPolicy = {
  readonly defaultLifetimeDays: number
  readonly maxLifetimeDays: number
}

/** From when the form counts, in milliseconds since 1970, and in whose clock. */
export type ExpiryTerms = {
  readonly nowMs: number
  readonly timeZone: string
  readonly policy: ExpiryPolicy
}

/** A date and a time as their fields hold them: `2027-02-19` and `23:59`. */
export type TypedExpiry = { readonly date: string; readonly time: string }

/** By how much this machine's clock may be ahead of the server's without an expiry being refused. */
const SKEW_MS = 5 * 60_000
const LAST_OF_DAY = { hour: 23, minute: 59 }
const YEAR_DAYS = 365

const days = { '7d': 7, '30d': 30, '90d': 90, '180d': 180, '1y': YEAR_DAYS } as const

/** The choices that the policy allows; a date of one's own always is one. */
export function offeredExpiries({ maxLifetimeDays }: ExpiryPolicy): readonly ExpiryChoice[] {
  const fixed = Object.entries(days).filter(([, count]) => count <= maxLifetimeDays)
  return [...fixed.map(([name]) => toChoice(name)), 'custom']
}

/** The choice that is nearest to so many days, and not above them, the policy or what is offered. */
export function expiryWithin(wantedDays: number, policy: ExpiryPolicy): ExpiryChoice {
  const offered = offeredExpiries(policy).filter((choice) => choice !== 'custom')
  return offered.findLast((choice) => days[choice] <= wantedDays) ?? offered[0] ?? 'custom'
}

/** Latest instant that can be chosen, a whole minute: one calendar year, or what the policy allows. */
export function latestExpiry({ nowMs, policy }: ExpiryTerms): number {
  const year = new Date(nowMs)
  year.setUTCFullYear(year.getUTCFullYear() + 1)
  // 29 February has no anniversary: the day before it (as the server counts).
  if (year.getUTCMonth() !== new Date(nowMs).getUTCMonth()) year.setUTCDate(0)
  const latest = Math.min(year.getTime(), nowMs + policy.maxLifetimeDays * DAY_MS) - SKEW_MS
  return Math.floor(latest / 60_000) * 60_000
}

/**
 * The instant of a choice: the end of the day that lies so many days ahead, on the clock of the time zone;
 * where that is beyond the bound, the bound. Undefined for a date and time that do not exist.
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

/** Why an expiry cannot be had; undefined when it can. */
export function expiryFault(
  ms: number | undefined,
  terms: ExpiryTerms,
): 'incomplete' | 'past' | 'tooLate' | undefined {
  if (ms === undefined) return 'incomplete'
  if (ms <= terms.nowMs) return 'past'
  return ms > latestExpiry(terms) ? 'tooLate' : undefined
}

/** An instant as the fields of date and time hold it. */
export function typedOf(ms: number, timeZone: string): TypedExpiry {
  const { year, month, day, hour, minute } = wallTimeAt(ms, timeZone)
  const two = (value: number): string => String(value).padStart(2, '0')
  return {
    date: `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}`,
  }
}

/** How many whole days lie between now and an expiry. */
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
