import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import { DataArea } from '../../components/data-area.tsx'
import { useDialogUrl } from '../../components/dialog-url.ts'
import { Instant } from '../../components/instant.tsx'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { type Credential, isModifiable } from '../credential.ts'
import classes from './detail.module.css'
import { DAY_MS } from './expiry-bounds.ts'
import messages from './messages.json'
import { unusedOf } from './usage-counts.ts'

const text = catalogue(messages)

const UNUSED_MS = 90 * DAY_MS

/** Lists permissions that were not used in the last 90 days, with a button to remove them. */
export function UnusedPanel({ credential }: { readonly credential: Credential }) {
  const { client, scope } = useActing()
  const { id, kind } = credential
  const usage = useQuery({
    queryKey: [...scope, 'credentials', 'usage', id, 'unused'],
    queryFn: () => {
      const from = new Date(Date.now() - UNUSED_MS).toISOString()
      return client.credentials.usage({ id, from, interval: 'day' })
    },
    // Full access has no individual permissions to remove.
    enabled: kind === 'scoped',
  })
  if (kind !== 'scoped') return null
  return (
    <Panel title={text('unused')} lead={text('unusedLead')}>
      <DataArea query={usage} failure={text('usageFailure')} skeleton={{ rows: 2, height: 28 }}>
        {(report) => (
          <Unused credential={credential} names={unusedOf(credential.permissions, report)} />
        )}
      </DataArea>
    </Panel>
  )
}

type UnusedProps = { readonly credential: Credential; readonly names: readonly string[] }

function Unused({ credential, names }: UnusedProps) {
  const { open } = useDialogUrl()
  const mayChange = useCan('CREDENTIAL_WRITE') && isModifiable(credential)
  // The last permission cannot be removed.
  const mayTake = mayChange && credential.permissions.length > 1
  const mayTakeAll = mayChange && names.length > 1 && names.length < credential.permissions.length
  const isYoung = Date.now() - Date.parse(credential.createdAt) < UNUSED_MS
  if (names.length === 0) return <Text>{text('unusedNone')}</Text>
  const remove = (chosen: readonly string[]): void => open('remove', chosen.join(','))
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">
        {isYoung
          ? text.rich('unusedYoung', {
              when: <Instant key="when" at={credential.createdAt} />,
            })
          : text('unusedFor90')}
      </Text>
      <ul className={classes.unused}>
        {names.map((name) => (
          <li key={name}>
            <Group gap="xs" wrap="nowrap" justify="space-between">
              <span className="mono">{name}</span>
              {mayTake && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={text('removeName', { name })}
                  onClick={() => remove([name])}
                >
                  {text('remove')}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ul>
      {mayTakeAll && (
        <Button size="xs" variant="default" onClick={() => remove(names)}>
          {text('removeAll', { count: names.length })}
        </Button>
      )}
    </Stack>
  )
}
