import { ActionIcon, Table } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import classes from './data-table.module.css'
import type { Column } from './data-table.tsx'

/** The expandable details of a row. */
export type RowDetail<Row> = {
  /** Accessible name of the expand button. */
  readonly label: (row: Row) => string
  readonly render: (row: Row) => ReactNode
}

type DataRowProps<Row> = {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly detail: RowDetail<Row> | undefined
}

/** A table row with optional, expandable details. */
export function DataRow<Row>({ row, columns, detail }: DataRowProps<Row>) {
  const [isOpen, setOpen] = useState(false)
  const detailId = useId()
  const Icon = isOpen ? IconChevronDown : IconChevronRight
  return (
    <>
      <Table.Tr role="row">
        {detail !== undefined && (
          <Table.Td role="cell" className={classes.opener}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={detail.label(row)}
              aria-expanded={isOpen}
              aria-controls={isOpen ? detailId : undefined}
              onClick={() => setOpen(!isOpen)}
            >
              <Icon size={16} aria-hidden />
            </ActionIcon>
          </Table.Td>
        )}
        {columns.map(({ key, title, label: name, render, align, card }) => (
          <Table.Td
            key={key}
            role="cell"
            ta={align}
            data-label={typeof title === 'string' ? title : (name ?? '')}
            data-card={card}
          >
            {render(row)}
          </Table.Td>
        ))}
      </Table.Tr>
      {detail !== undefined && isOpen && (
        <Table.Tr role="row" id={detailId}>
          <Table.Td role="cell" colSpan={columns.length + 1} className={classes.detail}>
            {detail.render(row)}
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}
