import { formatLocale } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { barOf, type UsageRange, type UsageReport } from './usage-counts.ts'

const text = catalogue(messages)

/** Returns a sentence such as "1,204 calls in 7 days, 98% accepted. Busiest: Tue 3 Nov." */
export function usageSummary(
  { buckets, totals, interval }: UsageReport,
  range: UsageRange,
): string {
  const { accepted, rejected, tokens } = barOf('', totals.outcomes)
  const count = accepted + rejected
  const issued = tokens === 0 ? undefined : text('summaryTokens', { count: tokens })
  if (count === 0) return issued ?? text('usageEmpty')
  const bars = buckets.map(({ start, outcomes }) => barOf(start, outcomes))
  const busiest = bars.reduce((most, bar) =>
    bar.accepted + bar.rejected > most.accepted + most.rejected ? bar : most,
  )
  const sentence = text('summary', {
    count,
    range: text(`range.${range}`),
    share: percent(accepted / count),
    busiest: stepName(busiest.start, interval),
  })
  return issued === undefined ? sentence : `${sentence} ${issued}`
}

/** Returns the label of a bucket: its day or hour in UTC. */
export function stepName(start: string, interval: 'hour' | 'day'): string {
  return new Intl.DateTimeFormat(formatLocale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(interval === 'hour'
      ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }
      : {}),
  }).format(new Date(start))
}

function percent(share: number): string {
  const format = new Intl.NumberFormat(formatLocale, {
    style: 'percent',
    maximumFractionDigits: 1,
  })
  // Rounded down, so that 100% means all calls.
  return format.format(Math.floor(share * 1_000) / 1_000)
}
