import { useParams } from '@tanstack/react-router'
import { DataArea } from '../components/data-area.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { EditPage } from './edit-page.tsx'
import { SHARED, useConnections, useIntegration, useMayEditIntegrations } from './integration.ts'
import { IntegrationAccess } from './integration-access.tsx'
import messages from './messages.json'
import { ReadPage } from './read-page.tsx'

const text = catalogue(messages)

/** The page of one integration: editable or read-only. */
export function IntegrationDetailPage() {
  const { id = '' }: { readonly id?: string } = useParams({ strict: false })
  return (
    <IntegrationAccess title={text('oneTitle')}>
      <Detail key={id} id={id} />
    </IntegrationAccess>
  )
}

function Detail({ id }: { readonly id: string }) {
  const mayEdit = useMayEditIntegrations()
  const integration = useIntegration(id)
  const connections = useConnections(id)
  const { data: loaded } = integration
  if (loaded === undefined || connections.data === undefined) {
    return (
      <>
        <PageHeader title={loaded?.name ?? text('oneTitle')} />
        {integration.isError ? (
          <DataArea query={integration} failure={text('loadFailed')}>
            {() => null}
          </DataArea>
        ) : (
          <DataArea
            query={connections}
            failure={text('loadFailed')}
            skeleton={{ rows: 4, height: 160 }}
          >
            {() => null}
          </DataArea>
        )}
      </>
    )
  }
  const all = connections.data.data
  if (!mayEdit) return <ReadPage integration={loaded} connections={all} />
  const shared = all.find(({ organizationId }) => (organizationId ?? SHARED) === SHARED)
  return <EditPage integration={loaded} shared={shared} connections={all} />
}
