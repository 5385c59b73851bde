import { Table } from '@mantine/core'
import { number } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { ranked } from './usage-counts.ts'

const text = catalogue(messages)

const SHOWN_MAX = 10

type CountTableProps = {
  readonly label: string
  /** The header of the first column. */
  readonly what: string
  readonly counts: Readonly<Record<string, number>>
  /** Returns the label of a key. */
  readonly name: (name: string) => string
}

/** A table of counts, in descending order. */
export function CountTable({ label, what, counts, name }: CountTableProps) {
  return (
    <Table aria-label={label}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{what}</Table.Th>
          <Table.Th scope="col" ta="right">
            {text('calls')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {ranked(counts)
          .slice(0, SHOWN_MAX)
          .map(([key, count]) => (
            <Table.Tr key={key}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{name(key)}</Table.Td>
              <Table.Td ta="right">{number(count)}</Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  )
}
