import { useParams } from '@tanstack/react-router'
import { PageHeader } from '../components/page-header.tsx'
import { PageTabs } from '../components/page-tabs.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { ProfileTab } from './profile-tab.tsx'
import { SecurityTab } from './security-tab.tsx'
import { SessionsTab } from './sessions-tab.tsx'

const text = catalogue(messages)

/** What is one's own: how things look, how one signs in, and where one is signed in. */
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
