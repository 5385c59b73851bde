import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { DescriptionList } from '../components/description-list.tsx'
import { Instant } from '../components/instant.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { Panel } from '../components/panel.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { authTypeName } from './authentication-type-names.ts'
import { ConnectionBadge } from './connection-badge.tsx'
import { draftOf } from './editor/draft.ts'
import { fieldName } from './editor/field-name.ts'
import { shownFields } from './editor/request.ts'
import { EnvironmentBadge } from './environment-badge.tsx'
import { type Connection, type Integration, SHARED } from './integration.ts'
import { IntegrationDialogs } from './integration-dialogs.tsx'
import { IntegrationHeader } from './integration-header.tsx'
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
        <IntegrationDetails integration={integration} shared={shared} />
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

type DetailsProps = { readonly integration: Integration; readonly shared: Connection | undefined }

function IntegrationDetails({ integration, shared }: DetailsProps) {
  const { auth, notes, contentType, headers, environment, lastUsedAt } = integration
  const { settings } = draftOf(integration)
  const fields = shownFields(auth.kind, settings).filter(({ name }) => auth[name] !== undefined)
  return (
    <Panel title={text('configuration')}>
      <DescriptionList>
        <DetailRow name={text('column.environment')}>
          <EnvironmentBadge environment={environment} />
        </DetailRow>
        {notes !== '' && <DetailRow name={text('notes')}>{notes}</DetailRow>}
        <DetailRow name={text('contentType')}>{contentType}</DetailRow>
        {headers.map(({ name, value }) => (
          <DetailRow key={name} name={text('header', { name })}>
            {value ?? text('secretValue')}
          </DetailRow>
        ))}
        <DetailRow name={text('column.type')}>{authTypeName(auth.kind)}</DetailRow>
        {fields.map(({ name }) => (
          <DetailRow key={name} name={fieldName(name, auth.kind)}>
            {settings[name]}
          </DetailRow>
        ))}
        {shared !== undefined && (
          <DetailRow name={text('shared')}>
            <ConnectionBadge
              status={shared.status}
              statusReason={shared.statusReason}
              testedAt={shared.testedAt}
            />
          </DetailRow>
        )}
        <DetailRow name={text('column.lastUsed')}>
          <Instant at={lastUsedAt} />
        </DetailRow>
      </DescriptionList>
    </Panel>
  )
}

function DetailRow({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
