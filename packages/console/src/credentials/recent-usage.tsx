import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { Instant } from '../components/instant.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { Credential } from './credential.ts'
import messages from './messages.json'

const text = catalogue(messages)
const strong = (parts: ReactNode[]) => <strong>{parts}</strong>

/** Shows when a credential was last used, and its calls of the last 24 hours. */
export function RecentUsage({ credential }: { readonly credential: Credential }) {
  const { lastUsedAt, lastUsedFrom, status, expiresAt } = credential
  return (
    <Stack gap={4}>
      <Text size="sm" component="div">
        {lastUsedAt === null
          ? text('revoke.neverUsed')
          : text.rich(!lastUsedFrom ? 'revoke.lastUsed' : 'revoke.lastUsedFrom', {
              b: strong,
              when: <Instant key="when" at={lastUsedAt} />,
              address: lastUsedFrom,
            })}
      </Text>
      {status === 'expired' && (
        <Text size="sm" component="div">
          {text.rich('revoke.expired', { when: <Instant key="when" at={expiresAt} /> })}
        </Text>
      )}
      {lastUsedAt !== null && <CallsOfDay credential={credential} />}
    </Stack>
  )
}

function CallsOfDay({ credential: { id } }: { readonly credential: Credential }) {
  const { client, scope } = useActing()
  const mayRead = useCan('USAGE_READ')
  const usage = useQuery({
    queryKey: [...scope, 'credentials', 'usage', id, 'day'],
    queryFn: () => client.credentials.usage({ id, interval: 'hour' }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  // One line in every state, so that the buttons below do not move.
  return (
    <Text size="sm" aria-busy={usage.isPending}>
      {usage.isSuccess
        ? describe(usage.data.totals.outcomes)
        : text(usage.isError ? 'revoke.usageFailed' : 'revoke.usageLoading')}
    </Text>
  )
}

/** Mentions tokens, because a service that verifies tokens offline reports no calls. */
function describe(outcomes: Readonly<Record<string, number>>): ReactNode {
  const { token_issued: tokens = 0, ...others } = outcomes
  const calls = Object.values(others).reduce((sum, count) => sum + count, 0)
  return tokens === 0
    ? text.rich('revoke.calls', { b: strong, count: calls })
    : text.rich('revoke.callsAndTokens', { b: strong, calls, tokens })
}
