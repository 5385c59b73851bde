import { Text } from '@mantine/core'
import { useActing } from '../../api/acting.ts'
import { announce } from '../../components/announcer.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useSubmission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { type Connection, type Integration, useInvalidateIntegrations } from '../integration.ts'
import messages from './messages.json'
import { nameOf } from './organization-name.ts'

const text = catalogue(messages)

type RemoveDialogProps = {
  readonly integration: Integration
  readonly connection: Connection
  readonly onClose: () => void
}

/** Confirms the deletion of an organization's credentials. */
export function RemoveDialog({ integration, connection, onClose }: RemoveDialogProps) {
  const { client } = useActing()
  const invalidate = useInvalidateIntegrations()
  const submission = useSubmission()
  const remove = (): void =>
    void submission.run(async () => {
      await client.connections.remove(
        { id: integration.id, organization: connection.organizationId ?? '' },
        { version: connection.version },
      )
      announce(text('removed'))
      onClose()
      await invalidate()
    })
  const isShared = !integration.organizationSpecific || integration.sharedFallback
  return (
    <ConfirmDialog
      opened
      title={text('removeTitle', { name: nameOf(connection) })}
      action={text('removeAction')}
      isDangerous
      submission={submission}
      onConfirm={remove}
      onClose={onClose}
    >
      <Text size="sm">{text('removeText', { fallback: isShared ? 'shared' : 'none' })}</Text>
    </ConfirmDialog>
  )
}
