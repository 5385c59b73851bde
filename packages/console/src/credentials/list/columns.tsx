import { Checkbox, Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import type { Column } from '../../components/data-table.tsx'
import { Instant } from '../../components/instant.tsx'
import { duration } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { StatusBadge, WarningChips } from '../status-badge.tsx'
import { CredentialMenu } from './credential-menu.tsx'
import type { ApiSummary } from './credentials-query.ts'
import classes from './list.module.css'
import messages from './messages.json'
import { NameCell } from './name-cell.tsx'
import { PermissionCell } from './permission-cell.tsx'
import type { Selection } from './selection.ts'
import type { OptionalColumn } from './shown-columns.ts'

const text = catalogue(messages)

type ColumnsOptions = {
  readonly apis: readonly ApiSummary[]
  readonly shown: readonly OptionalColumn[]
  /** Undefined for members with read-only access. */
  readonly selection: Selection | undefined
  readonly onRevoke: (credential: Credential) => void
}

/** Returns the columns of the credential list. */
export function columnsOf(options: ColumnsOptions): readonly Column<Credential>[] {
  const { apis, shown, selection, onRevoke } = options
  const optional: Readonly<Record<OptionalColumn, Column<Credential>>> = {
    permissions: {
      key: 'permissions',
      title: text('column.permissions'),
      render: (credential) => (
        <PermissionCell
          credential={credential}
          api={apis.find(({ id }) => id === credential.apiId)}
        />
      ),
    },
    lastUsed: {
      key: 'lastUsed',
      title: text('column.lastUsed'),
      sort: 'lastUsedAt',
      render: ({ lastUsedAt }) => <Instant at={lastUsedAt} />,
    },
    expires: {
      key: 'expires',
      title: text('column.expires'),
      sort: 'expiresAt',
      render: (credential) => <Expiry credential={credential} />,
    },
    created: {
      key: 'created',
      title: text('column.created'),
      sort: 'createdAt',
      render: ({ createdAt, createdBy }) => (
        <div>
          <Instant at={createdAt} />
          <Text size="xs" c="dimmed" lineClamp={1} title={createdBy.name} className={classes.name}>
            {text('createdBy', { name: createdBy.name })}
          </Text>
        </div>
      ),
    },
  }
  return [
    ...(selection === undefined ? [] : [selectColumn(selection)]),
    {
      key: 'name',
      card: 'heading',
      title: text('column.name'),
      sort: 'name',
      render: (credential) => <NameCell credential={credential} />,
    },
    {
      key: 'status',
      title: text('column.status'),
      render: (credential) => <Status credential={credential} />,
    },
    ...shown.map((column) => optional[column]),
    {
      key: 'menu',
      card: 'corner',
      title: <VisuallyHidden>{text('column.actions')}</VisuallyHidden>,
      label: text('column.actions'),
      align: 'right',
      render: (credential) => (
        <CredentialMenu credential={credential} onRevoke={() => onRevoke(credential)} />
      ),
    },
  ]
}

function selectColumn(selection: Selection): Column<Credential> {
  return {
    key: 'select',
    card: 'second-corner',
    label: text('column.select'),
    title: (
      <Checkbox
        aria-label={text('select.page')}
        checked={selection.isPageSelected}
        indeterminate={!selection.isPageSelected && selection.selected.length > 0}
        onChange={selection.togglePage}
      />
    ),
    render: (credential) => (
      <Checkbox
        aria-label={text('select.row', { name: credential.name })}
        checked={selection.isSelected(credential)}
        disabled={!selection.isSelectable(credential)}
        onChange={() => selection.toggle(credential)}
      />
    ),
  }
}

function Status({ credential }: { readonly credential: Credential }) {
  const { status, warnings, activeSeconds, revokedReason } = credential
  return (
    <Stack gap={4} align="flex-start">
      <Group gap={4}>
        <StatusBadge status={status} />
      </Group>
      <WarningChips warnings={warnings} />
      {(status === 'revoked' || status === 'expired') && (
        <Text size="xs" c="dimmed" title={revokedReason ?? undefined}>
          {activeSeconds < 60
            ? text('lastedLessThanMinute')
            : text('lasted', { duration: duration(activeSeconds) })}
        </Text>
      )}
    </Stack>
  )
}

/** The expiry, or when the credential expired or was revoked. */
function Expiry({
  credential: { status, expiresAt, endedAt },
}: {
  readonly credential: Credential
}) {
  if (status !== 'expired' && status !== 'revoked') return <Instant at={expiresAt} />
  return (
    <Text size="sm" component="div" c="dimmed">
      {text.rich(`ended.${status}`, { when: <Instant key="when" at={endedAt ?? expiresAt} /> })}
    </Text>
  )
}
