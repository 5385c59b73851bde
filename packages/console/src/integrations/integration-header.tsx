import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { PageHeader } from '../components/page-header.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { EnvironmentBadge } from './environment-badge.tsx'
import { type Integration } from './integration.ts'

type IntegrationHeaderProps = {
  readonly integration: Integration
  /** What can be done here. */
  readonly actions?: ReactNode
}

/** The name of an integration, and how it is doing. */
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
