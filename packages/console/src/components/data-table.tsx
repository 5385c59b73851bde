import { Table } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { DataRow, type RowDetail } from './data-row.tsx'
import classes from './data-table.module.css'
import messages from './messages.json'

const text = catalogue(messages)

export type Column<Row> = {
  readonly key: string
  readonly title: ReactNode
  /** Accessible name, if the title is not text. */
  readonly label?: string
  readonly render: (row: Row) => ReactNode
  /** The API's sort key; undefined if the column is not sortable. */
  readonly sort?: string
  readonly align?: 'right'
  /** Position on a card: heading, last corner or second to last. */
  readonly card?: 'heading' | 'corner' | 'second-corner'
}

type DataTableProps<Row> = {
  /** Accessible name of the table. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** The current sort order, such as `-createdAt`. */
  readonly sort?: string
  readonly onSort?: (sort: string) => void
  readonly isBusy?: boolean
  /** Makes rows expandable. */
  readonly detail?: RowDetail<Row>
  /** Viewport width in em below which rows are shown as cards. The default is 48. */
  readonly cardsBelowEm?: number
}

const CARDS_BELOW_EM = 48

/**
 * A table. On narrow screens rows are shown as cards with labelled cells; the table semantics
 * stay.
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
      {/* Explicit roles, because `display` removes the native table roles from cards. */}
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
                // The header is visually hidden on narrow screens, so it must not contain
                // focusable elements.
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
  /** Goes back in the browser's history. */
  readonly onPrevious: () => void
}

/** Previous and next buttons of a cursor-paginated list. */
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
