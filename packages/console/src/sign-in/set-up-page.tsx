import { SdkError } from '@keyporter/sdk'
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
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

/** Initial setup: creates the first organization and the first member. */
export function SetUpPage() {
  const state = useQuery({
    queryKey: ['setup'],
    queryFn: () => anonymousClient.sessions.setupState(),
  })
  if (state.data?.needed === false) {
    return (
      <SignInLayout title={text('setUpTitle')} lead={text('setUpDone')}>
        <Anchor renderRoot={(props) => <Link {...props} to="/sign-in" />}>
          {text('toSignIn')}
        </Anchor>
      </SignInLayout>
    )
  }
  return (
    <SignInLayout title={text('setUpTitle')} lead={text('setUpLead')}>
      <SetUpForm />
    </SignInLayout>
  )
}

function SetUpForm() {
  const linked = useFragmentCode()
  const [values, setValues] = useState({
    organizationName: '',
    name: '',
    email: '',
    password: '',
    code: linked,
  })
  const submission = useSubmission()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      await anonymousClient.sessions.setup({ ...values, code: values.code.trim() })
      window.location.assign('/')
    })
  }
  const field = (name: keyof typeof values) => ({
    ...submission.field(name, values[name], (value) =>
      setValues((before) => ({ ...before, [name]: value })),
    ),
    required: true,
    withAsterisk: false,
  })
  const isUsed = submission.error instanceof SdkError && submission.error.code === 'invalid_code'
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {submission.error !== undefined && (
          <Problem error={submission.error} title={isUsed ? text('codeUsed') : undefined} />
        )}
        {linked === '' && (
          <TextInput
            label={text('setUpCode')}
            description={text('setUpCodeHint')}
            spellCheck={false}
            {...field('code')}
          />
        )}
        <TextInput
          label={text('organizationName')}
          description={text('organizationNameHint')}
          {...field('organizationName')}
          autoComplete="organization"
        />
        <TextInput label={text('name')} {...field('name')} autoComplete="name" />
        <TextInput label={text('email')} type="email" {...field('email')} autoComplete="username" />
        <PasswordInput
          label={text('password')}
          description={text('newPasswordHint')}
          {...field('password')}
          autoComplete="new-password"
        />
        <Button type="submit" loading={submission.isBusy} fullWidth>
          {text('setUpSubmit')}
        </Button>
      </Stack>
    </form>
  )
}
