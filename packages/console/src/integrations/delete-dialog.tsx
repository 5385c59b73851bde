import { versionOf } from '@keyporter/sdk'
import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { ChangedMeanwhile, isChangedMeanwhile } from '../components/changed-meanwhile.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Instant } from '../components/instant.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { type Integration, useRenewIntegrations } from './integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

type DeleteDialogProps = { readonly integration: Integration; readonly onClose: () => void }

/** Asks before an integration is deleted, and says what would stop. */
export function DeleteDialog({ integration, onClose }: DeleteDialogProps) {
  const { id, name } = integration
  const { client } = useActing()
  const renew = useRenewIntegrations()
  const submission = useSubmission()
  const [typed, setTyped] = useState('')
  const isConfirmed = typed.normalize('NFC').trim() === name.normalize('NFC')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(
      async () => {
        await client.integrations.remove({ id }, { version: versionOf(integration) })
        announce(text('deleted', { name }))
        onClose()
        await renew()
      },
      { name: isConfirmed ? undefined : text('deleteMismatch', { name }) },
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
          <TextInput
            label={text.rich('deleteConfirm', { name: <strong key="name">{name}</strong> })}
            {...submission.field('name', typed, setTyped)}
            spellCheck={false}
            data-autofocus
          />
          <ChangedMeanwhile
            error={error}
            targetId={id}
            onReload={() => void renew().then(submission.reset)}
          />
          {error !== undefined && !isChangedMeanwhile(error) && <Problem error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text('cancel')}
            </Button>
            <Button
              type="submit"
              color="red"
              loading={submission.isBusy}
              leftSection={<IconTrash size={16} aria-hidden />}
              aria-disabled={!isConfirmed}
              data-disabled={!isConfirmed || undefined}
            >
              {text('deleteAction')}
            </Button>
          </Group>
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
        <List.Item>{text('deleteValues', { count: organizationCount })}</List.Item>
      </List>
      <Text size="sm" fw={600}>
        {text('deleteFinal')}
      </Text>
    </>
  )
}
