import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { sessionQuery } from '../api/session.ts'
import { Dialog } from '../components/dialog.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { CurrentPassword, isWrongPassword } from './current-password.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type RemoveCodesDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Switches one's own one-time codes off. */
export function RemoveCodesDialog({ opened, onClose }: RemoveCodesDialogProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={text('removeCodes')}>
      <RemoveForm onClose={onClose} />
    </Dialog>
  )
}

function RemoveForm({ onClose }: Pick<RemoveCodesDialogProps, 'onClose'>) {
  const queries = useQueryClient()
  const [currentPassword, setCurrent] = useState('')
  const submission = useSubmission()
  const { error } = submission
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission
      .run(async () => {
        await clientFor().sessions.removeTotp({ currentPassword })
        await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
      })
      .then((done) => done && onClose())
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{text('removeCodesText')}</Text>
        {error !== undefined && !isWrongPassword(error) && <Problem error={error} />}
        <CurrentPassword
          value={currentPassword}
          onChange={setCurrent}
          submission={submission}
          isFirst
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text('cancel')}
          </Button>
          <Button type="submit" color="red" loading={submission.isBusy}>
            {text('removeCodes')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
