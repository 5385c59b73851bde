import { SdkError } from '@keyporter/sdk'
import { Alert, Anchor, Button, PasswordInput, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { anonymousClient } from '../api/clients.ts'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { useFragmentCode } from './fragment-code.ts'
import messages from './messages.json'
import { SignInLayout } from './sign-in-layout.tsx'

const text = catalogue(messages)

/** Sets the password of a member who opened an invitation or reset link. */
export function JoinPage() {
  const code = useFragmentCode()
  const [password, setPassword] = useState('')
  const [joined, setJoined] = useState<{ readonly name: string; readonly email: string }>()
  const submission = useSubmission()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      setJoined(await anonymousClient.members.acceptInvitation({ code, password }))
    })
  }
  const toSignIn = (
    <Anchor renderRoot={(props) => <Link {...props} to="/sign-in" />}>{text('toSignIn')}</Anchor>
  )
  if (joined !== undefined) {
    return (
      <SignInLayout title={text('joinTitle')}>
        <Alert color="green" role="status">
          {text('joinDone', joined)}
        </Alert>
        {toSignIn}
      </SignInLayout>
    )
  }
  if (code === '')
    return (
      <SignInLayout title={text('joinTitle')} lead={text('joinNoCode')}>
        {toSignIn}
      </SignInLayout>
    )
  const isUsed = submission.error instanceof SdkError && submission.error.code === 'invalid_code'
  return (
    <SignInLayout title={text('joinTitle')} lead={text('joinLead')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {submission.error !== undefined && (
            <Problem error={submission.error} title={isUsed ? text('joinUsed') : undefined} />
          )}
          <PasswordInput
            label={text('password')}
            description={text('newPasswordHint')}
            {...submission.field('password', password, setPassword)}
            autoComplete="new-password"
            required
            withAsterisk={false}
          />
          <Button type="submit" loading={submission.isBusy} fullWidth>
            {text('joinSubmit')}
          </Button>
        </Stack>
      </form>
    </SignInLayout>
  )
}
