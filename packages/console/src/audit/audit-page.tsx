import { Button, Stack } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { Problem } from '../components/problem.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { AuditEvents } from './audit-events.tsx'
import messages from './messages.json'
import { VerifyResult } from './verify-result.tsx'

const text = catalogue(messages)

/** The audit log of an organization, with verification of its hash chain. */
export function AuditPage() {
  const { client } = useActing()
  const maySee = useCan('AUDIT_READ')
  const verification = useMutation({ mutationFn: () => client.auditEvents.verify() })
  if (!maySee) {
    return (
      <>
        <PageHeader title={text('title')} />
        <NoPermission privilege="audit.view" />
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={text('title')}
        lead={text('lead')}
        actions={
          <Button
            variant="default"
            loading={verification.isPending}
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            onClick={() => verification.mutate()}
          >
            {text('verify')}
          </Button>
        }
      />
      <Stack gap="lg">
        {verification.isError && (
          <Problem error={verification.error} title={text('verifyFailed')} />
        )}
        {verification.data !== undefined && <VerifyResult result={verification.data} />}
        <AuditEvents />
      </Stack>
    </>
  )
}
