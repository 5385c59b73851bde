import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { DescriptionList } from '../components/description-list.tsx'
import { Instant } from '../components/instant.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { Panel } from '../components/panel.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { ConnectionBadge } from './connection-badge.tsx'
import { draftOf } from './editor/draft.ts'
import { fieldName } from './editor/field-words.ts'
import { shownFields } from './editor/request.ts'
import { EnvironmentBadge } from './environment-badge.tsx'
import { type Connection, type Integration, SHARED } from './integration.ts'
import { IntegrationDialogs } from './integration-dialogs.tsx'
import { IntegrationHeader } from './integration-header.tsx'
import { kindName } from './kind-words.ts'
import messages from './messages.json'
import { OrganizationTable } from './organizations/organization-table.tsx'

const text = catalogue(messages)

type ReadPageProps = {
  readonly integration: Integration
  readonly connections: readonly Connection[]
}

/** The read-only page of one integration. */
export function ReadPage({ integration, connections }: ReadPageProps) {
  const shared = connections.find(({ organizationId }) => (organizationId ?? SHARED) === SHARED)
  const hasOwn = connections.some(({ organizationId }) => organizationId !== null)
  return (
    <>
      <IntegrationHeader integration={integration} />
      <Stack gap="lg">
        <IntegrationFacts integration={integration} shared={shared} />
        {hasOwn && (
          <Panel title={text('column.organizations')}>
            <OrganizationTable integration={integration} />
          </Panel>
        )}
        <NoPermission privilege="integrations.manage" title={text('readOnly')} />
      </Stack>
      <IntegrationDialogs integration={integration} connections={connections} />
    </>
  )
}

type FactsProps = { readonly integration: Integration; readonly shared: Connection | undefined }

function IntegrationFacts({ integration, shared }: FactsProps) {
  const { auth, notes, contentType, headers, environment, lastUsedAt } = integration
  const { settings } = draftOf(integration)
  const fields = shownFields(auth.kind, settings).filter(({ name }) => auth[name] !== undefined)
  return (
    <Panel title={text('configuration')}>
      <DescriptionList>
        <Fact name={text('column.environment')}>
          <EnvironmentBadge environment={environment} />
        </Fact>
        {notes !== '' && <Fact name={text('notes')}>{notes}</Fact>}
        <Fact name={text('contentType')}>{contentType}</Fact>
        {headers.map(({ name, value }) => (
          <Fact key={name} name={text('header', { name })}>
            {value ?? text('secretValue')}
          </Fact>
        ))}
        <Fact name={text('column.type')}>{kindName(auth.kind)}</Fact>
        {fields.map(({ name }) => (
          <Fact key={name} name={fieldName(name, auth.kind)}>
            {settings[name]}
          </Fact>
        ))}
        {shared !== undefined && (
          <Fact name={text('shared')}>
            <ConnectionBadge
              status={shared.status}
              statusReason={shared.statusReason}
              testedAt={shared.testedAt}
            />
          </Fact>
        )}
        <Fact name={text('column.lastUsed')}>
          <Instant at={lastUsedAt} />
        </Fact>
      </DescriptionList>
    </Panel>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
