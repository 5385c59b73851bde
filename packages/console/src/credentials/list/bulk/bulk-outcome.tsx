import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { describeError } from '../../../components/problem.tsx'
import { list as listing } from '../../../components/time.ts'
import { catalogue } from '../../../messages/catalogue.ts'
import type { Credential } from '../../credential.ts'
import messages from './messages.json'
import type { Outcome } from './revoke-each.ts'

const text = catalogue(messages)

type BulkOutcomeProps = {
  readonly outcome: Outcome
  readonly onClose: () => void
  readonly onRetry: (failed: readonly Credential[]) => void
}

/** The results of a bulk revocation, with a button to retry failed ones. */
export function BulkOutcome({ outcome, onClose, onRetry }: BulkOutcomeProps) {
  const { failed, untried } = outcome
  const again = [...failed.map(({ credential }) => credential), ...untried]
  return (
    <Stack gap="md">
      <Alert color={failed.length === 0 ? 'green' : 'orange'} role="alert">
        <Text size="sm" fw={600}>
          {summaryOf(outcome)}
        </Text>
        {failed.length > 0 && (
          <List size="sm" mt="xs">
            {failed.map(({ credential: { id, name }, error }) => (
              <List.Item key={id} style={{ overflowWrap: 'anywhere' }}>
                {text('failure', { name, reason: describeError(error) })}
              </List.Item>
            ))}
          </List>
        )}
      </Alert>
      <Group justify="flex-end">
        {again.length > 0 && (
          <Button variant="default" onClick={() => onRetry(again)}>
            {text('retry')}
          </Button>
        )}
        <Button onClick={onClose} autoFocus>
          {text('close')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Returns a summary such as "7 revoked and 1 failed". */
function summaryOf({ revoked, already, failed, untried }: Outcome): string {
  const parts = [
    text('result', { revoked: revoked.length }),
    ...(already.length > 0 ? [text('already', { count: already.length })] : []),
    ...(failed.length > 0 ? [text('failed', { count: failed.length })] : []),
    ...(untried.length > 0 ? [text('skipped', { count: untried.length })] : []),
  ]
  return listing(parts)
}
