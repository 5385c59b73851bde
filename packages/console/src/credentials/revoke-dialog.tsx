import { SdkError } from '@keyporter/sdk'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { ConfirmNameInput, confirmNameError } from '../components/confirm-name-input.tsx'
import { Dialog } from '../components/dialog.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { type Credential, isModifiable } from './credential.ts'
import messages from './messages.json'
import { ReasonFields } from './reason-fields.tsx'
import { RecentUsage } from './recent-usage.tsx'
import { noReason, reasonText } from './revoke-reason.ts'

const text = catalogue(messages)

type RevokeDialogProps = {
  readonly credential: Credential
  readonly onClose: () => void
  /** Called with the revoked credential before the dialog closes. */
  readonly onRevoked?: (revoked: Credential) => void
}

/** Confirms the revocation of a credential and shows its recent usage. */
export function RevokeDialog({ credential: shown, onClose, onRevoked }: RevokeDialogProps) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const submission = useSubmission()
  // Refetched, because the page behind may be hours old.
  const { data: credential } = useQuery({
    queryKey: [...scope, 'credentials', 'get', shown.id],
    queryFn: () => client.credentials.get({ id: shown.id }),
    placeholderData: shown,
  })
  const { name } = credential ?? shown
  const needsName = isNameNeeded(credential ?? shown)
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState(noReason)
  const fault = needsName ? confirmNameError(typed, name) : undefined
  const renew = () => queries.invalidateQueries({ queryKey: [...scope, 'credentials'] })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(
      async () => {
        const revoked = await client.credentials
          .revoke({ id: shown.id, reason: reasonText(reason) })
          .catch(async (error) => {
            await renew()
            throw error
          })
        onRevoked?.(revoked)
        announce(text('revoke.done', { name }))
        onClose()
        await renew()
      },
      { name: fault },
    )
  }
  const isAlready =
    shown.status === 'revoked' ||
    (submission.error instanceof SdkError && submission.error.code === 'already_revoked')
  return (
    <Dialog
      opened
      onClose={onClose}
      role="alertdialog"
      size="lg"
      title={text('revoke.title', { name: shown.name })}
    >
      {isAlready ? (
        <AlreadyRevoked onClose={onClose} />
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <RecentUsage credential={credential ?? shown} />
            <Text size="sm">
              {text.rich('revoke.final', { b: (parts) => <strong>{parts}</strong> })}
            </Text>
            <ReasonFields
              value={reason}
              onChange={setReason}
              error={submission.fieldError('reason')}
            />
            {needsName && (
              <ConfirmNameInput
                name={name}
                value={typed}
                onChange={setTyped}
                submission={submission}
              />
            )}
            {submission.error !== undefined && <Problem error={submission.error} />}
            <FormButtons
              label={text('revoke.submit')}
              icon={IconBan}
              color="red"
              onCancel={onClose}
              isBusy={submission.isBusy}
              isIncomplete={fault !== undefined}
              startsAtCancel={!needsName}
            />
          </Stack>
        </form>
      )}
    </Dialog>
  )
}

function AlreadyRevoked({ onClose }: { readonly onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert color="blue" role="alert" title={text('revoke.already')}>
        {text('revoke.alreadyText')}
      </Alert>
      <Group justify="flex-end">
        <Button onClick={onClose} autoFocus>
          {text('revoke.close')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Returns whether revoking can stop a running system, which requires typing the name. */
function isNameNeeded(credential: Credential): boolean {
  return isModifiable(credential) && credential.lastUsedAt !== null
}
