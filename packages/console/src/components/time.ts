import { locale } from '../messages/locale.ts'

const SECOND = 1_000
const units = [
  ['year', 365 * 24 * 3_600 * SECOND],
  ['month', 30 * 24 * 3_600 * SECOND],
  ['week', 7 * 24 * 3_600 * SECOND],
  ['day', 24 * 3_600 * SECOND],
  ['hour', 3_600 * SECOND],
  ['minute', 60 * SECOND],
  ['second', SECOND],
] as const

/** The locale of dates and numbers. English uses day before month, as in most countries. */
export const formatLocale = locale === 'en' || locale === 'en-XA' ? 'en-GB' : locale

/** Returns a relative time: "3 days ago", "in 2 hours", "now". */
export function relativeInstant(at: string, now: number = Date.now()): string {
  const difference = Date.parse(at) - now
  const [unit, size] =
    units.find(([, length]) => Math.abs(difference) >= length) ?? (['second', SECOND] as const)
  const format = new Intl.RelativeTimeFormat(formatLocale, { numeric: 'auto' })
  // Rounds towards zero, so that remaining time is never overstated.
  return format.format(Math.trunc(difference / size), unit)
}

/**
 * Returns date, time and zone: "19 Feb 2027, 23:59 CET". Uses the browser's time zone by default.
 */
export function exactInstant(at: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(formatLocale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(at))
}

/** Returns a duration in its largest unit: "3 days", "2 hours". */
export function duration(seconds: number): string {
  const [unit, size] =
    units.find(
      ([name, length]) => name !== 'week' && name !== 'month' && seconds * SECOND >= length,
    ) ?? (['second', SECOND] as const)
  const count = Math.max(0, Math.trunc((seconds * SECOND) / size))
  return new Intl.NumberFormat(formatLocale, { style: 'unit', unit, unitDisplay: 'long' }).format(
    count,
  )
}

/** Formats a number: 1,204. */
export function number(value: number): string {
  return new Intl.NumberFormat(formatLocale).format(value)
}

/** Formats a list: "Ada, Grace and Linus". */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat(formatLocale).format(items)
}
