import { ActionIcon, Badge, Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconBan, IconPencil } from '@tabler/icons-react'
import { type Column, DataTable } from '../components/data-table.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { Operation } from './api.ts'
import messages from './messages.json'
import { NumberedPages } from './numbered-pages.tsx'
import { operationName } from './operation-name.ts'
import classes from './table-editor.module.css'

const text = catalogue(messages)

const ROWS_PER_PAGE = 50

type OperationTableProps = {
  readonly operations: readonly Operation[]
  /** Starts at 1. */
  readonly page: number
  readonly onPage: (page: number) => void
  readonly onEdit: ((operation: Operation) => void) | undefined
}

/** A page of operations with their required permissions. */
export function OperationTable({ operations, page, onPage, onEdit }: OperationTableProps) {
  const pages = Math.ceil(operations.length / ROWS_PER_PAGE)
  const current = Math.min(Math.max(Math.trunc(page), 1), pages)
  const start = (current - 1) * ROWS_PER_PAGE
  return (
    <Stack gap="sm">
      <DataTable
        label={text('operations')}
        columns={onEdit === undefined ? columns : [...columns, editColumn(onEdit)]}
        rows={operations.slice(start, start + ROWS_PER_PAGE)}
        rowKey={operationName}
      />
      <NumberedPages
        page={current}
        pages={pages}
        from={start + 1}
        to={Math.min(start + ROWS_PER_PAGE, operations.length)}
        total={operations.length}
        onPage={onPage}
      />
    </Stack>
  )
}

const columns: readonly Column<Operation>[] = [
  {
    key: 'method',
    title: text('method'),
    render: ({ method }) => (
      <Text span size="sm" fw={650} className="mono">
        {method}
      </Text>
    ),
  },
  {
    key: 'path',
    title: text('path'),
    render: ({ path }) => <span className={classes.path}>{path}</span>,
  },
  {
    key: 'permissions',
    title: text('requiredPermissions'),
    render: ({ permissions }) => <RequiredPermissions permissions={permissions} />,
  },
]

function editColumn(onEdit: (operation: Operation) => void): Column<Operation> {
  return {
    key: 'edit',
    title: <VisuallyHidden>{text('edit')}</VisuallyHidden>,
    label: text('edit'),
    align: 'right',
    render: (one) => (
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={text('editOperation', { operation: operationName(one) })}
        title={text('edit')}
        onClick={() => onEdit(one)}
      >
        <IconPencil size={16} aria-hidden />
      </ActionIcon>
    ),
  }
}

/** The required permissions of an operation, or a badge if it is unmapped and all calls are rejected. */
export function RequiredPermissions({ permissions }: { readonly permissions: readonly string[] }) {
  if (permissions.length === 0) {
    return (
      <Badge color="orange" leftSection={<IconBan size={14} aria-hidden />}>
        {text('rejected')}
      </Badge>
    )
  }
  return (
    <Group gap={6} component="span">
      {permissions.map((name) => (
        <code key={name}>{name}</code>
      ))}
    </Group>
  )
}
