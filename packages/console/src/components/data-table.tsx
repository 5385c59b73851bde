import { Table } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { DataRow, type RowDetail } from './data-row.tsx'
import classes from './data-table.module.css'
import messages from './messages.json'

const text = catalogue(messages)

/** A column of a table. */
export type Column<Row> = {
  readonly key: string
  readonly title: ReactNode
  /** Read out in the place of a title that is no text. */
  readonly label?: string
  readonly render: (row: Row) => ReactNode
  /** The name by which the API sorts, where it does. */
  readonly sort?: string
  readonly align?: 'right'
  /** Where it stands on a card: as its heading, or in the corner, first or second from the end. */
  readonly card?: 'heading' | 'corner' | 'second-corner'
}

type DataTableProps<Row> = {
  /** Names the table. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** The sort of the list now, such as `-createdAt`. */
  readonly sort?: string
  readonly onSort?: (sort: string) => void
  readonly isBusy?: boolean
  /** Makes every row one that can be opened. */
  readonly detail?: RowDetail<Row>
  /** The width of the window below which rows are cards, for tables that need more than the usual 48em. */
  readonly cardsBelowEm?: number
}

const CARDS_BELOW_EM = 48

/**
 * A table; on a narrow screen every row is a card, whose cells are named by their columns. It stays a table
 * to assistive technology in both shapes.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, sort, onSort, isBusy, detail } = props
  const { cardsBelowEm = CARDS_BELOW_EM } = props
  const isNarrow = useMediaQuery(`(max-width: ${cardsBelowEm}em)`, undefined, {
    getInitialValueInEffect: false,
  })
  return (
    <div
      className={isNarrow ? `${classes.frame} ${classes.cards}` : classes.frame}
      aria-busy={isBusy}
    >
      {/* Roles are said although they are native: `display` takes them away from the cards. */}
      <Table
        role="table"
        aria-label={label}
        className={classes.table}
        verticalSpacing="sm"
        highlightOnHover
      >
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {detail !== undefined && <Table.Td role="cell" className={classes.opener} />}
            {columns.map((column) => (
              <HeadCell
                key={column.key}
                // Nothing can take the focus where nobody sees it.
                column={isNarrow ? { ...column, title: column.label ?? column.title } : column}
                sort={sort}
                onSort={isNarrow ? undefined : onSort}
              />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {rows.map((row) => (
            <DataRow key={rowKey(row)} row={row} columns={columns} detail={detail} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

type HeadCellProps<Row> = {
  readonly column: Column<Row>
  readonly sort: string | undefined
  readonly onSort: ((sort: string) => void) | undefined
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const { title, label, align } = column
  const { sort: name } = column
  if (name === undefined || onSort === undefined) {
    return (
      <Table.Th role="columnheader" scope="col" ta={align} aria-label={label}>
        {title}
      </Table.Th>
    )
  }
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined
  const Icon =
    direction === undefined
      ? IconArrowsSort
      : direction === 'ascending'
        ? IconArrowUp
        : IconArrowDown
  return (
    <Table.Th role="columnheader" scope="col" ta={align} aria-sort={direction ?? 'none'}>
      <button
        type="button"
        className={classes.sort}
        onClick={() => onSort(direction === 'descending' ? name : `-${name}`)}
      >
        {title}
        <Icon size={14} aria-hidden />
      </button>
    </Table.Th>
  )
}

type CursorPagesProps = {
  readonly nextCursor: string | null
  readonly cursor: string | undefined
  readonly onNext: (cursor: string) => void
  /** Back to the page before: the browser's own way back. */
  readonly onPrevious: () => void
}

/** The way through a list that is read by cursors: no jumping, nothing skipped or shown twice. */
export function CursorPages({ nextCursor, cursor, onNext, onPrevious }: CursorPagesProps) {
  if (nextCursor === null && cursor === undefined) return null
  return (
    <nav aria-label={text('pages')} className={classes.pages}>
      <button
        type="button"
        className={classes.page}
        disabled={cursor === undefined}
        onClick={onPrevious}
      >
        {text('previous')}
      </button>
      <button
        type="button"
        className={classes.page}
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && onNext(nextCursor)}
      >
        {text('next')}
      </button>
    </nav>
  )
}
