import { needsConsent, needsToken } from '@keyporter/protocol'
import { Button, Group, Text } from '@mantine/core'
import { IconExternalLink, IconRefresh } from '@tabler/icons-react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { announce } from '../components/announcer.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Instant } from '../components/instant.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { ConnectionBadge } from './connection-badge.tsx'
import { type Connection, useInvalidateIntegrations } from './integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ConnectionActionsProps = {
  readonly integrationId: string
  /** An organization ID or `shared`. */
  readonly organization: string
  readonly connection: Connection
}

/** The status of a connection, with buttons to authorize it and to fetch a token. */
export function ConnectionActions(props: ConnectionActionsProps) {
  const { integrationId, organization, connection } = props
  const { kind, status, statusReason, testedAt, tokenExpiresAt } = connection
  const { client } = useActing()
  const { open } = useDialogUrl()
  const invalidate = useInvalidateIntegrations()
  const submission = useSubmission()
  const mayFetch = useCan('CALL_WRITE') && needsToken(kind)
  const isConsent = needsConsent(kind)
  const fetchToken = (): void =>
    void submission.run(async () => {
      await client.connections.fetchToken({ id: integrationId, organization })
      announce(text('tokenFetched'))
      await invalidate()
    })
  return (
    <>
      <Group gap="sm" role="group" aria-label={text('connectionStatus')}>
        <ConnectionBadge status={status} statusReason={statusReason} testedAt={testedAt} />
        {tokenExpiresAt !== null && (
          <Text size="sm" c="dimmed" component="div">
            {text.rich('tokenExpires', { when: <Instant key="when" at={tokenExpiresAt} /> })}
          </Text>
        )}
        {isConsent && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconExternalLink size={14} aria-hidden />}
            onClick={() => open('connect', organization)}
          >
            {text(tokenExpiresAt === null ? 'connect' : 'reconnect')}
          </Button>
        )}
        {mayFetch && !(isConsent && tokenExpiresAt === null) && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={submission.isBusy}
            onClick={fetchToken}
          >
            {text('fetchToken')}
          </Button>
        )}
      </Group>
      {submission.error !== undefined && (
        <Problem error={submission.error} title={text('fetchTokenFailed')} />
      )}
    </>
  )
}
