import { SdkError } from '@keyporter/sdk'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan, useCurrentSession } from '../api/session.ts'
import { ChangeList } from '../audit/change-list.tsx'
import auditMessages from '../audit/messages.json'
import { catalogue } from '../messages/catalogue.ts'
import { relativeInstant } from './time.ts'

const text = catalogue(auditMessages)

type EditConflictProps = {
  /** The error of an update. Nothing is rendered unless it is an edit conflict. */
  readonly error: unknown
  /** The id of the edited object. */
  readonly targetId: string
  /** Reloads the object. The input is preserved. */
  readonly onReload: () => void
}

/** Returns whether an error means that the object has changed since it was loaded (412). */
export function isEditConflict(error: unknown): boolean {
  return error instanceof SdkError && error.code === 'precondition_failed'
}

/**
 * Shows who changed the edited object in the meantime and what changed, and offers to reload it.
 */
export function EditConflict({ error, targetId, onReload }: EditConflictProps) {
  if (!isEditConflict(error)) return null
  return <Notice targetId={targetId} onReload={onReload} />
}

function Notice({ targetId, onReload }: Omit<EditConflictProps, 'error'>) {
  const { client, scope } = useActing()
  const { actor } = useCurrentSession()
  const mayAsk = useCan('AUDIT_READ')
  const [isOpen, setOpen] = useState(false)
  const events = useQuery({
    queryKey: [...scope, 'auditEvents', 'last', targetId],
    queryFn: () => client.auditEvents.list({ targetId, limit: 1 }),
    enabled: mayAsk,
    staleTime: 0,
  })
  const last = events.data?.data[0]
  const sentence = (): string => {
    if (last === undefined) return text('changedInMeantime')
    const when = relativeInstant(last.at)
    return last.actor.id === actor.id
      ? text('changedByYou', { when })
      : text('changedBy', { name: last.actor.name, when })
  }
  return (
    <Alert color="orange" role="alert" icon={<IconUsers aria-hidden />} title={sentence()}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{text('changedHint')}</Text>
        <Group gap="xs">
          {last !== undefined && (
            <Button
              size="xs"
              variant="default"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {text(isOpen ? 'hideChanges' : 'seeChanges')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={onReload}>
            {text('reload')}
          </Button>
        </Group>
        {isOpen && last !== undefined && <ChangeList event={last} />}
      </Stack>
    </Alert>
  )
}
