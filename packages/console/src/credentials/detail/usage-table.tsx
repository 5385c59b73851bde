import { Table } from '@mantine/core'
import { number } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import classes from './detail.module.css'
import messages from './messages.json'
import { barOf, type UsageReport } from './usage-counts.ts'
import { stepName } from './usage-summary.ts'

const text = catalogue(messages)

/** The numbers of the chart, newest first. */
export function UsageTable({ report }: { readonly report: UsageReport }) {
  const { buckets, totals, interval } = report
  const total = barOf('', totals.outcomes)
  return (
    // A scrollable region must be focusable (WCAG 2.1.1).
    <section className={classes.scroll} tabIndex={0} aria-label={text('chartTable')}>
      <Table aria-label={text('chartTable')} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{text('time')}</Table.Th>
            <Table.Th scope="col" ta="right">
              {text('accepted')}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {text('tokens')}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {text('rejected')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {buckets.toReversed().map(({ start, outcomes }) => (
            <Numbers key={start} name={stepName(start, interval)} {...barOf(start, outcomes)} />
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Numbers name={text('total')} {...total} />
        </Table.Tfoot>
      </Table>
    </section>
  )
}

type NumbersProps = {
  readonly name: string
  readonly accepted: number
  readonly rejected: number
  readonly tokens: number
}

function Numbers({ name, accepted, rejected, tokens }: NumbersProps) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td ta="right">{number(accepted)}</Table.Td>
      <Table.Td ta="right">{number(tokens)}</Table.Td>
      <Table.Td ta="right">{number(rejected)}</Table.Td>
    </Table.Tr>
  )
}
