import { useParams } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { useCan, useCurrentSession } from '../api/session.ts'
import { DataArea } from '../components/data-area.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { PageTabs } from '../components/page-tabs.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { OrganizationTab } from './organization-tab.tsx'
import { PolicyTab } from './policy-tab.tsx'
import { SigningKeysTab } from './signing-keys-tab.tsx'
import { useOrganization } from './use-organization.ts'

const text = catalogue(messages)

/** Settings of the organization and, for the operator, its signing keys. */
export function SettingsPage() {
  const { tab }: { readonly tab?: string } = useParams({ strict: false })
  const mayRead = useCan('ORGANIZATION_READ')
  const organization = useOrganization()
  const isOther = useActing().organizationId !== undefined
  const { name = '' } = organization.data ?? {}
  const isOperator = useCurrentSession().organization.operator
  const reload = (): void => void organization.refetch()
  return (
    <>
      <PageHeader
        title={text('title')}
        lead={isOther && name !== '' ? text('leadOf', { name }) : text('lead')}
      />
      {mayRead ? (
        <DataArea query={organization} failure={text('failed')}>
          {(loaded) => (
            <PageTabs
              label={text('tabs')}
              base="/settings"
              tab={tab}
              tabs={[
                {
                  name: 'organization',
                  title: text('tab.organization'),
                  content: <OrganizationTab organization={loaded} onReload={reload} />,
                },
                {
                  name: 'policy',
                  title: text('tab.policy'),
                  content: (
                    <PolicyTab organization={loaded} isOperator={isOperator} onReload={reload} />
                  ),
                },
                {
                  name: 'signing-keys',
                  title: text('tab.signing-keys'),
                  content: <SigningKeysTab isOperator={isOperator} />,
                },
              ]}
            />
          )}
        </DataArea>
      ) : (
        <NoPermission privilege="organization.manage" />
      )}
    </>
  )
}
