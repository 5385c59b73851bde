import { Anchor, Group, Text, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Column } from '../../components/data-table.tsx'
import { Instant } from '../../components/instant.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { authTypeIcons, authTypeName } from '../authentication-type-names.ts'
import { ConnectionBadge } from '../connection-badge.tsx'
import { EnvironmentBadge } from '../environment-badge.tsx'
import { hostOf, type Integration } from '../integration.ts'
import classes from '../integrations.module.css'
import messages from '../messages.json'
import { IntegrationMenu } from './integration-menu.tsx'

const text = catalogue(messages)

type ColumnsOptions = { readonly mayWrite: boolean; readonly mayDelete: boolean }

/** Returns the columns of the integration list. */
export function columnsOf({ mayWrite, mayDelete }: ColumnsOptions): readonly Column<Integration>[] {
  return [
    {
      key: 'name',
      card: 'heading',
      title: text('column.name'),
      sort: 'name',
      render: (integration) => <Name integration={integration} />,
    },
    {
      key: 'type',
      title: text('column.type'),
      render: ({ auth }) => <Kind kind={auth.kind} />,
    },
    {
      key: 'environment',
      title: text('column.environment'),
      render: ({ environment }) => text(environment),
    },
    {
      key: 'organizations',
      title: text('column.organizations'),
      render: ({ organizationSpecific, organizationCount }) =>
        organizationSpecific
          ? text('ownCredentials', { count: organizationCount })
          : text('sharedCredentials'),
    },
    {
      key: 'connection',
      title: text('column.connection'),
      render: ({ auth, connectionStatus }) =>
        auth.kind === 'none' && connectionStatus === null ? (
          <Text size="sm" c="dimmed">
            {text('notRequired')}
          </Text>
        ) : (
          <ConnectionBadge status={connectionStatus} />
        ),
    },
    {
      key: 'lastUsed',
      title: text('column.lastUsed'),
      render: ({ lastUsedAt }) => <Instant at={lastUsedAt} />,
    },
    {
      key: 'updated',
      title: text('column.updated'),
      sort: 'updatedAt',
      render: ({ updatedAt, updatedBy }) => (
        <div>
          <Instant at={updatedAt} />
          <Text size="xs" c="dimmed" lineClamp={1} title={updatedBy.name}>
            {text('updatedBy', { name: updatedBy.name })}
          </Text>
        </div>
      ),
    },
    {
      key: 'menu',
      card: 'corner',
      title: <VisuallyHidden>{text('column.actions')}</VisuallyHidden>,
      label: text('column.actions'),
      align: 'right',
      render: (integration) => (
        <IntegrationMenu integration={integration} mayWrite={mayWrite} mayDelete={mayDelete} />
      ),
    },
  ]
}

function Name({ integration }: { readonly integration: Integration }) {
  const { id, name, baseUrl, environment } = integration
  return (
    <div className={classes.name}>
      <Anchor
        fw={600}
        size="sm"
        renderRoot={(props) => <Link {...props} to="/integrations/$id" params={{ id }} />}
      >
        <bdi>{name}</bdi>
      </Anchor>{' '}
      {environment === 'test' && <EnvironmentBadge environment={environment} />}
      <Text size="xs" c="dimmed" className="mono">
        {hostOf(baseUrl)}
      </Text>
    </div>
  )
}

function Kind({ kind }: { readonly kind: Integration['auth']['kind'] }) {
  const Icon = authTypeIcons[kind]
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Icon size={16} aria-hidden style={{ flex: 'none', marginBlockStart: 2 }} />
      <span>{authTypeName(kind)}</span>
    </Group>
  )
}
