import { versionOf } from '@keyporter/sdk'
import { List, Stack, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { ConfirmNameInput, confirmNameError } from '../components/confirm-name-input.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Instant } from '../components/instant.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { type Integration, useInvalidateIntegrations } from './integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

type DeleteDialogProps = { readonly integration: Integration; readonly onClose: () => void }

/** Confirms the deletion of an integration and shows the consequences. */
export function DeleteDialog({ integration, onClose }: DeleteDialogProps) {
  const { id, name } = integration
  const { client } = useActing()
  const invalidate = useInvalidateIntegrations()
  const submission = useSubmission()
  const [typed, setTyped] = useState('')
  const fault = confirmNameError(typed, name)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(
      async () => {
        await client.integrations.remove({ id }, { version: versionOf(integration) })
        announce(text('deleted', { name }))
        onClose()
        await invalidate()
      },
      { name: fault },
    )
  }
  const { error } = submission
  return (
    <Dialog
      opened
      onClose={onClose}
      role="alertdialog"
      size="lg"
      title={text('deleteTitle', { name })}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <Stops integration={integration} />
          <ConfirmNameInput name={name} value={typed} onChange={setTyped} submission={submission} />
          <EditConflict
            error={error}
            targetId={id}
            onReload={() => void invalidate().then(submission.reset)}
          />
          {error !== undefined && !isEditConflict(error) && <Problem error={error} />}
          <FormButtons
            label={text('deleteAction')}
            icon={IconTrash}
            color="red"
            onCancel={onClose}
            isBusy={submission.isBusy}
            isIncomplete={fault !== undefined}
          />
        </Stack>
      </form>
    </Dialog>
  )
}

function Stops({ integration }: { readonly integration: Integration }) {
  const { organizationCount, lastUsedAt } = integration
  return (
    <>
      <List size="sm" spacing={4}>
        <List.Item>
          {lastUsedAt === null
            ? text('deleteNeverUsed')
            : text.rich('deleteLastUsed', { when: <Instant key="when" at={lastUsedAt} /> })}
        </List.Item>
        <List.Item>{text('deleteStops')}</List.Item>
        <List.Item>{text('deleteCredentials', { count: organizationCount })}</List.Item>
      </List>
      <Text size="sm" fw={600}>
        {text('deleteFinal')}
      </Text>
    </>
  )
}
