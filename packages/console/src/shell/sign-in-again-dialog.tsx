import { Alert, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type CurrentSession, sessionQuery, useCurrentSession } from '../api/session.ts'
import { resumeSignedIn } from '../api/sign-in-again.ts'
import { Dialog } from '../components/dialog.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { SignInForm } from '../sign-in/sign-in-form.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Signs the same member in again on top of the current page. Cannot be closed otherwise. */
export function SignInAgainDialog() {
  const who = useCurrentSession()
  const queries = useQueryClient()
  const [isDifferentAccount, setDifferentAccount] = useState(false)
  const email = who.member?.email ?? ''
  const resume = (signedIn: CurrentSession): void => {
    if (signedIn.actor.id !== who.actor.id) return setDifferentAccount(true)
    queries.setQueryData(sessionQuery.queryKey, signedIn)
    resumeSignedIn()
  }
  return (
    <Dialog
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={text('signInAgain')}
    >
      <Stack>
        <Text size="sm">{text('signInAgainText')}</Text>
        {isDifferentAccount && (
          <Alert color="red" role="alert">
            {text('differentAccount', { email })}
          </Alert>
        )}
        <SignInForm email={email} onSignedIn={resume} />
      </Stack>
    </Dialog>
  )
}
