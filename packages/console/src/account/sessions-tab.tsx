import type { ResponseBody, routes } from '@keyporter/contract'
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { DataArea } from '../components/data-area.tsx'
import { type Column, DataTable } from '../components/data-table.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Instant } from '../components/instant.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { browserName } from './browser-name.ts'
import messages from './messages.json'

const text = catalogue(messages)

type Session = ResponseBody<typeof routes.sessions.list>['data'][number]

/** Lists the member's sessions and signs them out. */
export function SessionsTab() {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const { dialog, open, close } = useDialogUrl()
  const submission = useSubmission()
  const queryKey = [...scope, 'sessions', 'list']
  const sessions = useQuery({ queryKey, queryFn: () => client.sessions.list() })
  const others = (sessions.data?.data ?? []).filter(({ current }) => !current)
  const end = (ended: readonly Session[]): Promise<boolean> =>
    submission.run(async () => {
      try {
        for (const { id } of ended) await client.sessions.end({ id })
        announce(text('signedOut'))
      } finally {
        await queries.invalidateQueries({ queryKey })
      }
    })
  const isAsking = dialog === 'end-others' && others.length > 0
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed" size="sm">
          {text('sessionsLead')}
        </Text>
        {others.length > 0 && (
          <Button variant="default" onClick={() => open('end-others')}>
            {text('signOutOthers')}
          </Button>
        )}
      </Group>
      {submission.error !== undefined && !isAsking && <Problem error={submission.error} />}
      <DataArea query={sessions} failure={text('sessionsFailed')}>
        {({ data }) => (
          <DataTable
            label={text('sessions')}
            columns={columnsFor((session) => void end([session]))}
            rows={data}
            rowKey={({ id }) => id}
          />
        )}
      </DataArea>
      <ConfirmDialog
        opened={isAsking}
        title={text('signOutOthers')}
        action={text('signOutOthers')}
        isDangerous
        submission={submission}
        onConfirm={() => void end(others).then((done) => done && close())}
        onClose={close}
      >
        <Text>{text('signOutOthersText', { count: others.length })}</Text>
      </ConfirmDialog>
    </Stack>
  )
}

function columnsFor(end: (session: Session) => void): readonly Column<Session>[] {
  return [
    {
      key: 'browser',
      title: text('browser'),
      render: ({ userAgent, current }) => (
        <Group gap="xs">
          <span title={userAgent}>{browserName(userAgent)}</span>
          {current && <Badge color="blue">{text('currentSession')}</Badge>}
        </Group>
      ),
    },
    { key: 'from', title: text('ip'), render: ({ ip }) => <span className="mono">{ip}</span> },
    {
      key: 'signedIn',
      title: text('signedIn'),
      render: ({ createdAt }) => <Instant at={createdAt} />,
    },
    {
      key: 'lastSeen',
      title: text('lastActive'),
      render: ({ lastSeenAt }) => <Instant at={lastSeenAt} />,
    },
    {
      key: 'actions',
      title: text('actions'),
      render: (session) =>
        session.current ? null : (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={text('signOutSession', {
              browser: browserName(session.userAgent),
              ip: session.ip,
            })}
            onClick={() => end(session)}
          >
            {text('signOut')}
          </Button>
        ),
    },
  ]
}
