import { Group, Text } from '@mantine/core'
import { number } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import classes from './detail.module.css'
import messages from './messages.json'
import { type Bar, barOf, type UsageReport } from './usage-counts.ts'
import { stepName } from './usage-summary.ts'

const text = catalogue(messages)

/** In stacking order, from the bottom. */
const series = ['accepted', 'tokens', 'rejected'] as const
const HEIGHT = 100
const STEP = 10
const GAP = 2

type UsageChartProps = { readonly report: UsageReport; readonly label: string }

/** A stacked bar chart of calls over time. The label and the table are its text alternatives. */
export function UsageChart({ report, label }: UsageChartProps) {
  const { buckets, interval } = report
  const bars = buckets.map(({ start, outcomes }) => barOf(start, outcomes))
  const most = Math.max(1, ...bars.map(sumOf))
  const first = bars[0]
  const last = bars.at(-1)
  return (
    <div>
      <Group justify="space-between" mb="xs" gap="xs">
        <Group gap="md">
          {series.map((name) => (
            <Group key={name} gap={6}>
              <svg className={classes.legend} viewBox="0 0 1 1" aria-hidden>
                <rect className={classes[name]} width="1" height="1" />
              </svg>
              <Text size="xs">{text(name)}</Text>
            </Group>
          ))}
        </Group>
        <Text size="xs" c="dimmed" aria-hidden>
          {number(most)}
        </Text>
      </Group>
      <svg
        className={classes.chart}
        viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map((bar, at) => (
          <Stacked key={bar.start} bar={bar} x={at * STEP} most={most} interval={interval} />
        ))}
      </svg>
      {first !== undefined && last !== undefined && (
        <div className={classes.ends} aria-hidden>
          <span>{stepName(first.start, interval)}</span>
          <span>{stepName(last.start, interval)}</span>
        </div>
      )}
    </div>
  )
}

type StackedProps = {
  readonly bar: Bar
  readonly x: number
  readonly most: number
  readonly interval: 'hour' | 'day'
}

function Stacked({ bar, x, most, interval }: StackedProps) {
  let top = HEIGHT
  const lines = series.map((name) => `${text(name)}: ${number(bar[name])}`)
  return (
    <g>
      <title>{[stepName(bar.start, interval), ...lines].join('\n')}</title>
      {/* Makes the tooltip appear for the full height of the column. */}
      <rect x={x} y={0} width={STEP} height={HEIGHT} fill="transparent" />
      {series.map((name) => {
        const height = (bar[name] / most) * HEIGHT
        top -= height
        return (
          height > 0 && (
            <rect
              key={name}
              className={classes[name]}
              x={x + GAP / 2}
              y={top}
              width={STEP - GAP}
              height={height}
            />
          )
        )
      })}
    </g>
  )
}

function sumOf({ accepted, rejected, tokens }: Bar): number {
  return accepted + rejected + tokens
}
