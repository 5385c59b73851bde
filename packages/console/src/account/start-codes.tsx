import { Button, Group, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { CurrentPassword, isWrongPassword } from './current-password.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** What an authenticator app needs: to be typed, and as an address. Null when the answer was lost. */
export type NewSecret = { readonly secret: string | null; readonly url: string | null }

type StartCodesProps = {
  readonly onStarted: (secret: NewSecret) => void
  readonly onClose: () => void
}

/** The first step: one's password. */
export function StartCodes({ onStarted, onClose }: StartCodesProps) {
  const [currentPassword, setCurrent] = useState('')
  const submission = useSubmission()
  const { error } = submission
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      onStarted(await clientFor().sessions.startTotp({ currentPassword }))
    })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{text('startText')}</Text>
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
          <Button type="submit" loading={submission.isBusy}>
            {text('continue')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
