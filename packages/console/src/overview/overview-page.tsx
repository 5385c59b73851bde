import { Stack } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { Checklist } from './checklist.tsx'
import { CredentialSummary } from './credential-summary.tsx'
import messages from './messages.json'

const text = catalogue(messages)

// With all the sentences of the audit log: the first page stands before they are there.
const RecentEvents = lazy(async () => ({
  default: (await import('./recent-events.tsx')).RecentEvents,
}))

/** Where one begins: what is left to set up, how things stand, and what happened last. */
export function OverviewPage() {
  const { organizationId } = useActing()
  const mayRead = useCan('CREDENTIAL_READ')
  const mayAudit = useCan('AUDIT_READ')
  return (
    <>
      <PageHeader title={text('title')} />
      <Stack gap="lg">
        {/* Each organization has a beginning of its own. */}
        <Checklist key={organizationId} />
        {mayRead && <CredentialSummary />}
        {mayAudit && (
          <Suspense fallback={null}>
            <RecentEvents />
          </Suspense>
        )}
      </Stack>
    </>
  )
}
