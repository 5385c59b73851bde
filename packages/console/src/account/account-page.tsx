import { useParams } from '@tanstack/react-router'
import { PageHeader } from '../components/page-header.tsx'
import { PageTabs } from '../components/page-tabs.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { ProfileTab } from './profile-tab.tsx'
import { SecurityTab } from './security-tab.tsx'
import { SessionsTab } from './sessions-tab.tsx'

const text = catalogue(messages)

/** The account page of the signed-in member: profile, security and sessions. */
export function AccountPage() {
  const { tab }: { readonly tab?: string } = useParams({ strict: false })
  return (
    <>
      <PageHeader title={text('title')} lead={text('lead')} />
      <PageTabs
        label={text('tabs')}
        base="/account"
        tab={tab}
        tabs={[
          { name: 'profile', title: text('tab.profile'), content: <ProfileTab /> },
          { name: 'security', title: text('tab.security'), content: <SecurityTab /> },
          { name: 'sessions', title: text('tab.sessions'), content: <SessionsTab /> },
        ]}
      />
    </>
  )
}
