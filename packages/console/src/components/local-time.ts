/**
 * Returns the UTC instant of a local time such as `2027-02-19T23:59`; undefined if it is not a
 * date. A local time that a clock change skips is converted with the offset before the change.
 *
 * @param timeZone defaults to the browser's time zone
 */
export function instantOfLocal(local: string, timeZone?: string): string | undefined {
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc)) return undefined
  const first = asUtc - offsetAt(asUtc, timeZone)
  const exact = asUtc - offsetAt(first, timeZone)
  return new Date(exact).toISOString()
}

/** Returns the local time of an instant, to the minute: `2027-02-19T23:59`. */
export function localOfInstant(at: string, timeZone?: string): string {
  const ms = Date.parse(at)
  return new Date(ms + offsetAt(ms, timeZone)).toISOString().slice(0, 16)
}

/** Returns the UTC offset of a time zone at an instant, in milliseconds. */
function offsetAt(ms: number, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(ms)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '00'
  const shown = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`
  return Date.parse(shown) - (ms - (((ms % 1_000) + 1_000) % 1_000))
}
