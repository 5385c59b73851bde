import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { PageHeader } from '../components/page-header.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { EnvironmentBadge } from './environment-badge.tsx'
import { type Integration } from './integration.ts'

type IntegrationHeaderProps = {
  readonly integration: Integration
  readonly actions?: ReactNode
}

/** The header of an integration page: name, environment, connection status and base URL. */
export function IntegrationHeader({ integration, actions }: IntegrationHeaderProps) {
  const { name, environment, auth, connectionStatus, baseUrl } = integration
  return (
    <PageHeader
      title={name}
      aside={
        <Group gap="xs">
          {environment === 'test' && <EnvironmentBadge environment={environment} />}
          {(auth.kind !== 'none' || connectionStatus !== null) && (
            <ConnectionBadge status={connectionStatus} />
          )}
        </Group>
      }
      lead={<span className="mono">{baseUrl}</span>}
      actions={actions}
    />
  )
}
