import { type MantineColor, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { CurrentPassword, isWrongPassword } from './current-password.tsx'

type PasswordFormProps = {
  /** Explains why the password is required. */
  readonly lead: string
  readonly label: string
  readonly color?: MantineColor
  readonly run: (currentPassword: string) => Promise<void>
  readonly onDone?: () => void
  readonly onClose: () => void
}

/** Form that asks for the member's password before an operation runs. */
export function PasswordForm({ lead, label, color, run, onDone, onClose }: PasswordFormProps) {
  const [password, setPassword] = useState('')
  const submission = useSubmission()
  const { error } = submission
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(() => run(password)).then((done) => done && onDone?.())
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{lead}</Text>
        {error !== undefined && !isWrongPassword(error) && <Problem error={error} />}
        <CurrentPassword value={password} onChange={setPassword} submission={submission} isFirst />
        <FormButtons label={label} color={color} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
