import type { Privilege } from '@keyporter/contract'
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { Dialog } from '../components/dialog.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { useMayGrant } from '../privileges/may-grant.ts'
import { roles } from '../privileges/roles.ts'
import messages from './messages.json'
import { OneTimeLink, type OneTimeLinkProps } from './one-time-link.tsx'
import { PrivilegeChoice } from './privilege-choice.tsx'

const text = catalogue(messages)

type InviteDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Invites a member and shows the invitation link. */
export function InviteDialog({ opened, onClose }: InviteDialogProps) {
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={text('inviteTitle')}
      size="lg"
      closeOnClickOutside={false}
    >
      {/* Unmounted on close, so that the link does not stay in memory. */}
      <Invitation onClose={onClose} />
    </Dialog>
  )
}

function Invitation({ onClose }: Pick<InviteDialogProps, 'onClose'>) {
  const [invited, setInvited] = useState<OneTimeLinkProps>()
  if (invited === undefined) return <InviteForm onInvited={setInvited} onClose={onClose} />
  return (
    <Stack>
      <OneTimeLink {...invited} />
      <Group justify="flex-end">
        <Button onClick={onClose}>{text('done')}</Button>
      </Group>
    </Stack>
  )
}

type InviteFormProps = {
  readonly onInvited: (link: OneTimeLinkProps) => void
  readonly onClose: () => void
}

function InviteForm({ onInvited, onClose }: InviteFormProps) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const mayGrant = useMayGrant()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [privileges, setPrivileges] = useState<readonly Privilege[]>(() =>
    roles.developer.filter(mayGrant),
  )
  const submission = useSubmission()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      const { invitation } = await client.members.create({
        name,
        email,
        privileges: [...privileges],
      })
      onInvited({ ...invitation, name, isReset: false })
      await queries.invalidateQueries({ queryKey: [...scope, 'members'] })
    })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {text('inviteLead')}
        </Text>
        {submission.error !== undefined && <Problem error={submission.error} />}
        <TextInput
          label={text('name')}
          {...submission.field('name', name, setName)}
          data-autofocus
        />
        <TextInput
          label={text('email')}
          description={text('emailHint')}
          type="email"
          {...submission.field('email', email, setEmail)}
        />
        <PrivilegeChoice value={privileges} onChange={setPrivileges} />
        <FormButtons label={text('inviteSubmit')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
