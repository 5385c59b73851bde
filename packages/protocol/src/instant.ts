/** Instants as milliseconds since 1970 UTC, and their RFC 3339 form. */

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

// The years 0000 to 9999.
const FIRST_MS = -62_167_219_200_000
const LAST_MS = 253_402_300_799_999

/**
 * Parses an RFC 3339 date-time. Returns milliseconds since 1970 UTC, or `undefined` for invalid text.
 * Requires a time zone and an existing day. Truncates up to nine fraction digits to milliseconds.
 * Rejects leap seconds, which JavaScript dates cannot represent, and years outside 0000 to 9999 in UTC.
 *
 * @see RFC 3339 §5.6, §5.7
 * @example parseInstant('2027-03-01T01:00:00.5+01:00') // 1803859200500
 */
export function parseInstant(text: string): number | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHour, zoneMinute] =
    match
  const date = dayMs(Number(year), Number(month), Number(day))
  const time = timeMs(Number(hour), Number(minute), Number(second))
  const zone = sign === undefined ? 0 : timeMs(Number(zoneHour), Number(zoneMinute), 0)
  if (date === undefined || time === undefined || zone === undefined) return undefined

  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const instant = date + time + milliseconds - (sign === '-' ? -zone : zone)
  return isSupported(instant) ? instant : undefined
}

/**
 * Returns the instant as RFC 3339 in UTC with milliseconds.
 *
 * @throws {RangeError} outside the years 0000 to 9999, or for a fraction of a millisecond
 * @see RFC 3339 §5.6
 * @example formatInstant(0) // '1970-01-01T00:00:00.000Z'
 */
export function formatInstant(ms: number): string {
  if (!isSupported(ms)) throw new RangeError('The instant is outside the years 0000 to 9999.')
  return new Date(ms).toISOString()
}

/**
 * Returns the same date and time `years` later, in UTC. In years without a leap day, 29 February becomes 28
 * February, not 1 March.
 *
 * @throws {RangeError} when the result is outside the range of a JavaScript date
 * @example addCalendarYears(Date.UTC(2028, 1, 29), 1) // Date.UTC(2029, 1, 28)
 */
export function addCalendarYears(ms: number, years: number): number {
  const date = new Date(ms)
  const month = date.getUTCMonth()
  date.setUTCFullYear(date.getUTCFullYear() + years)
  if (date.getUTCMonth() !== month) date.setUTCDate(0)
  if (Number.isNaN(date.getTime())) throw new RangeError('The instant is out of range.')
  return date.getTime()
}

function isSupported(ms: number): boolean {
  return Number.isInteger(ms) && ms >= FIRST_MS && ms <= LAST_MS
}

/** Does not use `Date.UTC`, which maps the years 0 to 99 to 1900 to 1999 and accepts 30 February. */
function dayMs(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.getTime() : undefined
}

function timeMs(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined
  return ((hour * 60 + minute) * 60 + second) * 1_000
}
