import { needsConsent } from '@keyporter/protocol'
import { Button, Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import {
  IconExternalLink,
  IconPencil,
  IconPlugConnected,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import { useCan } from '../../api/session.ts'
import { DataArea } from '../../components/data-area.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { type DialogUrl, useDialogUrl } from '../../components/dialog-url.ts'
import { Instant } from '../../components/instant.tsx'
import { MenuItem } from '../../components/menu.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { ConnectionBadge } from '../connection-badge.tsx'
import {
  type Connection,
  type Integration,
  useConnections,
  useMayEditIntegrations,
} from '../integration.ts'
import messages from './messages.json'
import { nameOf } from './organization-name.ts'

const text = catalogue(messages)

/** Lists the organizations with their own credentials. */
export function OrganizationTable({ integration }: { readonly integration: Integration }) {
  const connections = useConnections(integration.id)
  const mayEdit = useMayEditIntegrations()
  const address = useDialogUrl()
  return (
    <Stack gap="sm" align="stretch">
      <DataArea query={connections} failure={text('failure')} skeleton={{ rows: 2, height: 44 }}>
        {({ data, nextCursor }) => {
          const rows = data.filter(({ organizationId }) => organizationId !== null)
          return rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              {text('none')}
            </Text>
          ) : (
            <>
              <DataTable
                label={text('table')}
                columns={columnsOf(address, mayEdit)}
                rows={rows}
                rowKey={({ id }) => id}
                cardsBelowEm={64}
              />
              {nextCursor !== null && (
                <Text size="sm" c="dimmed">
                  {text('more', { count: data.length })}
                </Text>
              )}
            </>
          )
        }}
      </DataArea>
      {mayEdit && (
        <Group>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => address.open('credentials')}
          >
            {text('add')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function columnsOf(address: DialogUrl, mayEdit: boolean): readonly Column<Connection>[] {
  return [
    {
      key: 'organization',
      card: 'heading',
      title: text('organization'),
      render: (connection) => (
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {nameOf(connection)}
        </Text>
      ),
    },
    {
      key: 'connection',
      title: text('connection'),
      render: ({ status, statusReason, testedAt }) => (
        <ConnectionBadge status={status} statusReason={statusReason} testedAt={testedAt} />
      ),
    },
    {
      key: 'lastUsed',
      title: text('lastUsed'),
      render: ({ lastUsedAt }) => <Instant at={lastUsedAt} />,
    },
    {
      key: 'menu',
      card: 'corner',
      title: <VisuallyHidden>{text('actions')}</VisuallyHidden>,
      label: text('actions'),
      align: 'right',
      render: (connection) => (
        <ConnectionMenu connection={connection} address={address} mayEdit={mayEdit} />
      ),
    },
  ]
}

type ConnectionMenuProps = {
  readonly connection: Connection
  readonly address: DialogUrl
  readonly mayEdit: boolean
}

function ConnectionMenu({ connection, address: { open }, mayEdit }: ConnectionMenuProps) {
  const mayCall = useCan('CALL_WRITE')
  const target = connection.organizationId ?? undefined
  if (!mayEdit && !mayCall) return null
  return (
    <RowMenu name={nameOf(connection)}>
      {mayEdit && (
        <MenuItem icon={IconPencil} onClick={() => open('credentials', target)}>
          {text('edit')}
        </MenuItem>
      )}
      {mayEdit && needsConsent(connection.kind) && (
        <MenuItem icon={IconExternalLink} onClick={() => open('connect', target)}>
          {text('connect')}
        </MenuItem>
      )}
      {mayCall && (
        <MenuItem icon={IconPlugConnected} onClick={() => open('test', target)}>
          {text('test')}
        </MenuItem>
      )}
      {mayEdit && (
        <MenuItem isDangerous icon={IconTrash} onClick={() => open('remove', target)}>
          {text('remove')}
        </MenuItem>
      )}
    </RowMenu>
  )
}
