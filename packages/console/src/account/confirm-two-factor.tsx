import { SdkError } from '@keyporter/sdk'
import { Alert, Code, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { sessionQuery } from '../api/session.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import type { TotpSecret } from './start-two-factor.tsx'

const text = catalogue(messages)

// Loaded on demand: it depends on a QR code library.
const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }))

type ConfirmTwoFactorProps = {
  readonly secret: TotpSecret
  readonly onConfirmed: (recoveryCodes: readonly string[]) => void
  readonly onClose: () => void
}

/** Step 2 of the setup: shows the TOTP secret and asks for the first code. */
export function ConfirmTwoFactor({
  secret: { secret, url },
  onConfirmed,
  onClose,
}: ConfirmTwoFactorProps) {
  const queries = useQueryClient()
  const [code, setCode] = useState('')
  const submission = useSubmission()
  const source = useRef<HTMLElement>(null)
  const { error } = submission
  const isWrong = error instanceof SdkError && error.code === 'invalid_code'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      const { recoveryCodes } = await clientFor().sessions.confirmTotp({ code })
      onConfirmed(recoveryCodes ?? [])
      void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    })
  }
  if (secret === null || url === null) return <Alert color="orange">{text('notDisplayed')}</Alert>
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text>{text('scan')}</Text>
        <Suspense fallback={<Skeleton h={240} w={240} mx="auto" />}>
          <QrCode content={url} label={text('qr')} />
        </Suspense>
        <div>
          <Text size="sm">{text('enterInstead')}</Text>
          <Group gap="xs" wrap="nowrap">
            <Code ref={source} fz="sm">
              {secret}
            </Code>
            <CopyButton value={secret} what={text('setupKey')} source={source} />
          </Group>
        </div>
        {error !== undefined && !isWrong && <Problem error={error} />}
        <TextInput
          label={text('code')}
          description={text('codeHint')}
          value={code}
          onChange={(event) => {
            submission.reset()
            setCode(event.currentTarget.value)
          }}
          error={isWrong ? text('wrongCode') : submission.fieldError('code')}
          autoComplete="one-time-code"
          inputMode="numeric"
          maw={200}
          // The focused element of the previous step is unmounted.
          autoFocus
        />
        <FormButtons label={text('turnOn')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
