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

// Loaded on demand: it includes all messages of the audit log.
const RecentEvents = lazy(async () => ({
  default: (await import('./recent-events.tsx')).RecentEvents,
}))

/** The first page: setup checklist, credential summary and recent changes. */
export function OverviewPage() {
  const { organizationId } = useActing()
  const mayRead = useCan('CREDENTIAL_READ')
  const mayAudit = useCan('AUDIT_READ')
  return (
    <>
      <PageHeader title={text('title')} />
      <Stack gap="lg">
        {/* The checklist state belongs to one organization. */}
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
