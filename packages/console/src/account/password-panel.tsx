import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { useCurrentSession } from '../api/session.ts'
import { Panel } from '../components/panel.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { CurrentPassword, isWrongPassword } from './current-password.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Form for changing the member's own password. */
export function PasswordPanel() {
  const { member } = useCurrentSession()
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const [isChanged, setChanged] = useState(false)
  const submission = useSubmission()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setChanged(false)
    void submission.run(async () => {
      await clientFor().sessions.changePassword({ currentPassword, newPassword })
      setCurrent('')
      setNew('')
      setChanged(true)
    })
  }
  const { error } = submission
  return (
    <Panel title={text('password')} lead={text('passwordLead')}>
      <form onSubmit={submit} noValidate>
        <Stack maw={420}>
          {isChanged && (
            <Alert color="green" role="status">
              {text('passwordChanged')}
            </Alert>
          )}
          {error !== undefined && !isWrongPassword(error) && <Problem error={error} />}
          {/* Tells password managers which account the password belongs to. */}
          <input type="text" autoComplete="username" value={member?.email ?? ''} readOnly hidden />
          <CurrentPassword value={currentPassword} onChange={setCurrent} submission={submission} />
          <PasswordInput
            label={text('newPassword')}
            description={text('newPasswordHint')}
            {...submission.field('newPassword', newPassword, setNew)}
            autoComplete="new-password"
          />
          <Group>
            <Button type="submit" loading={submission.isBusy}>
              {text('changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
