import { SdkError } from '@keyporter/sdk'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan, useWhoAmI } from '../api/session.ts'
import { ChangeList } from '../audit/change-list.tsx'
import auditMessages from '../audit/messages.json'
import { catalogue } from '../messages/catalogue.ts'
import { relativeInstant } from './time.ts'

const text = catalogue(auditMessages)

type EditConflictProps = {
  /** What went wrong with a change; nothing is drawn unless it is that somebody else was first. */
  readonly error: unknown
  /** What was to be changed. */
  readonly targetId: string
  /** Loads it again; what was typed stays. */
  readonly onReload: () => void
}

/** Whether an error says that somebody else changed it first. */
export function isEditConflict(error: unknown): boolean {
  return error instanceof SdkError && error.code === 'precondition_failed'
}

/** Says who changed something while it was being edited here, when and what, and offers to load it again. */
export function EditConflict({ error, targetId, onReload }: EditConflictProps) {
  if (!isEditConflict(error)) return null
  return <Notice targetId={targetId} onReload={onReload} />
}

function Notice({ targetId, onReload }: Omit<EditConflictProps, 'error'>) {
  const { client, scope } = useActing()
  const { actor } = useWhoAmI()
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
    if (last === undefined) return text('changedBySomeone')
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
        {isOpen && last !== undefined && <ChangeList changes={last.changes} />}
      </Stack>
    </Alert>
  )
}
