import { SdkError } from '@keyporter/sdk'
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { anonymousClient } from '../api/clients.ts'
import type { CurrentSession } from '../api/session.ts'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type SignInFormProps = {
  /** Fixed e-mail address, for signing in to the same account again. */
  readonly email?: string
  readonly onSignedIn: (who: CurrentSession) => Promise<void> | void
}

/**
 * Asks for e-mail and password, then for a one-time code if the member uses two-factor
 * authentication.
 */
export function SignInForm({ email: fixed, onSignedIn }: SignInFormProps) {
  const [email, setEmail] = useState(fixed ?? '')
  const [password, setPassword] = useState('')
  const [totpCode, setTotpCode] = useState('')
  const [needsCode, setNeedsCode] = useState(false)
  const submission = useSubmission()
  const signIn = async (): Promise<void> => {
    try {
      const who = await anonymousClient.sessions.signIn({
        email,
        password,
        ...(needsCode ? { totpCode } : {}),
      })
      await onSignedIn(who)
    } catch (error) {
      if (!(error instanceof SdkError && error.code === 'totp_required')) throw error
      setNeedsCode(true)
    }
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(signIn)
  }
  const { error } = submission
  const isRejected = error instanceof SdkError && error.code === 'sign_in_failed'
  const refusal = needsCode ? text('codeFailed') : text('failed')
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {isRejected && (
          <Alert color="red" role="alert">
            {refusal}
          </Alert>
        )}
        {error !== undefined && !isRejected && <Problem error={error} />}
        {needsCode ? (
          <TextInput
            key="code"
            label={text('code')}
            description={text('codeHint')}
            value={totpCode}
            onChange={(event) => setTotpCode(event.currentTarget.value)}
            autoComplete="one-time-code"
            inputMode="text"
            data-autofocus
            autoFocus
            required
          />
        ) : (
          <>
            <TextInput
              label={text('email')}
              type="email"
              {...submission.field('email', email, setEmail)}
              autoComplete="username"
              readOnly={fixed !== undefined}
              autoFocus={fixed === undefined}
              required
              withAsterisk={false}
            />
            <PasswordInput
              label={text('password')}
              {...submission.field('password', password, setPassword)}
              autoComplete="current-password"
              data-autofocus={fixed !== undefined || undefined}
              required
              withAsterisk={false}
            />
          </>
        )}
        <Button type="submit" loading={submission.isBusy} fullWidth>
          {text('submit')}
        </Button>
        {needsCode && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              setNeedsCode(false)
              setTotpCode('')
              submission.reset()
            }}
          >
            {text('otherAccount')}
          </Button>
        )}
      </Stack>
    </form>
  )
}
