import { formatLocale } from '../../components/time.ts'

/** An instant in the words of a time zone, and in UTC. */
export type ExpiryWords = {
  readonly date: string
  readonly time: string
  /** "Central European Standard Time". */
  readonly zone: string
  readonly utcDate: string
  readonly utcTime: string
}

/** The words of an exact instant. A date alone would be another one elsewhere. */
export function expiryWords(ms: number, timeZone: string): ExpiryWords {
  return {
    date: format(ms, timeZone, { day: 'numeric', month: 'long', year: 'numeric' }),
    time: format(ms, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    zone: zoneName(ms, timeZone),
    utcDate: format(ms, 'UTC', { day: 'numeric', month: 'long', year: 'numeric' }),
    utcTime: format(ms, 'UTC', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  }
}

/** The name of a time zone as it is in force at an instant. */
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
