/**
 * The instant at which clocks in a time zone show `2027-02-19T23:59`; undefined when that is no date. A time
 * that a change of clocks leaves out is the one that the old offset gives.
 *
 * @param timeZone the browser's own unless given
 */
export function instantOfLocal(local: string, timeZone?: string): string | undefined {
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc)) return undefined
  const first = asUtc - offsetAt(asUtc, timeZone)
  const exact = asUtc - offsetAt(first, timeZone)
  return new Date(exact).toISOString()
}

/** What clocks in a time zone show at an instant, to the minute: `2027-02-19T23:59`. */
export function localOfInstant(at: string, timeZone?: string): string {
  const ms = Date.parse(at)
  return new Date(ms + offsetAt(ms, timeZone)).toISOString().slice(0, 16)
}

/** How far clocks are ahead of UTC there and then, in milliseconds. */
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
