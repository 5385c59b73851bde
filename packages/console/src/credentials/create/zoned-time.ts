/** A local date and time; months start at 1. */
export type WallTime = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

const MINUTE_MS = 60_000

/** Returns the local time of a time zone at an instant, in milliseconds since 1970. */
export function wallTimeAt(ms: number, timeZone: string): WallTime {
  const parts = formatOf(timeZone).formatToParts(ms)
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
  }
}

/**
 * Returns the instant of a local time. A repeated local time resolves to its first occurrence; a skipped one is
 * shifted by the length of the gap.
 */
export function instantOf(wall: WallTime, timeZone: string): number {
  const asUtc = utcOf(wall)
  // The offsets before and after a nearby change.
  const before = asUtc - offsetAt(asUtc - DAY_MS, timeZone)
  const after = asUtc - offsetAt(asUtc + DAY_MS, timeZone)
  const right = [before, after].filter((ms) => utcOf(wallTimeAt(ms, timeZone)) === asUtc)
  return right.length === 0 ? before : Math.min(...right)
}

/** Returns the same wall time some days later. */
export function addDays(wall: WallTime, days: number): WallTime {
  const date = new Date(utcOf(wall) + days * DAY_MS)
  return {
    ...wall,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  }
}

export const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Cached, because constructing a format is slow. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  formats.set(timeZone, made)
  return made
}

/** Returns the offset of a time zone from UTC at an instant, in milliseconds. */
function offsetAt(ms: number, timeZone: string): number {
  return utcOf(wallTimeAt(ms, timeZone)) - Math.floor(ms / MINUTE_MS) * MINUTE_MS
}

function utcOf({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute)
}
