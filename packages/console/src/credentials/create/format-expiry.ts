import { formatLocale } from '../../components/time.ts'

/** An instant formatted in a time zone and in UTC. */
export type FormattedExpiry = {
  readonly date: string
  readonly time: string
  /** "Central European Standard Time". */
  readonly zone: string
  readonly utcDate: string
  readonly utcTime: string
}

/** Formats an instant. The time zone is included, because a date alone is ambiguous. */
export function formatExpiry(ms: number, timeZone: string): FormattedExpiry {
  return {
    date: format(ms, timeZone, { day: 'numeric', month: 'long', year: 'numeric' }),
    time: format(ms, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    zone: zoneName(ms, timeZone),
    utcDate: format(ms, 'UTC', { day: 'numeric', month: 'long', year: 'numeric' }),
    utcTime: format(ms, 'UTC', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  }
}

/** Returns the name of a time zone at an instant, which depends on daylight saving time. */
export function zoneName(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(formatLocale, {
    timeZone,
    timeZoneName: 'long',
  }).formatToParts(ms)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
}

function format(ms: number, timeZone: string, form: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(formatLocale, { ...form, timeZone }).format(ms)
}
