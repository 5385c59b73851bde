import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { DataArea } from '../components/data-area.tsx'
import { Panel } from '../components/panel.tsx'
import { StatusBadge } from '../credentials/status-badge.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Further credentials are in the list of credentials. */
const SHOWN_MAX = 5

/** The API credentials that a member created, newest first. */
export function CreatedCredentials({ memberId }: { readonly memberId: string }) {
  const { client, scope } = useActing()
  const mayRead = useCan('CREDENTIAL_READ')
  const created = useQuery({
    queryKey: [...scope, 'credentials', 'list', { createdById: memberId, limit: SHOWN_MAX }],
    queryFn: () => client.credentials.list({ createdById: memberId, limit: SHOWN_MAX }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  return (
    <Panel title={text('credentials')}>
      <DataArea
        query={created}
        failure={text('credentialsFailed')}
        skeleton={{ rows: 2, height: 24 }}
        isEmpty={({ data }) => data.length === 0}
        empty={
          <Text size="sm" c="dimmed">
            {text('noCredentials')}
          </Text>
        }
      >
        {({ data }) => (
          <Stack gap="xs">
            {data.map(({ id, name, status }) => (
              <Group key={id} justify="space-between" gap="xs" wrap="nowrap">
                <Anchor
                  size="sm"
                  style={{ overflowWrap: 'anywhere' }}
                  renderRoot={(props) => <Link {...props} to="/credentials/$id" params={{ id }} />}
                >
                  {name}
                </Anchor>
                <StatusBadge status={status} />
              </Group>
            ))}
            <Anchor
              size="sm"
              renderRoot={(props) => (
                <Link {...props} to="/credentials" search={{ createdById: memberId }} />
              )}
            >
              {text('allCredentials')}
            </Anchor>
          </Stack>
        )}
      </DataArea>
    </Panel>
  )
}
