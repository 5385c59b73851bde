import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { Dialog } from '../components/dialog.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { Member } from './member.ts'
import messages from './messages.json'
import { OneTimeLink, type OneTimeLinkProps } from './one-time-link.tsx'

const text = catalogue(messages)

type LinkDialogProps = {
  readonly member: Member
  readonly opened: boolean
  readonly onClose: () => void
}

/** Creates an invitation or reset link, with which a member chooses a password. */
export function LinkDialog({ member, opened, onClose }: LinkDialogProps) {
  const isInvited = member.status === 'invited'
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={text(isInvited ? 'newInvitationTitle' : 'resetTitle')}
      size="lg"
      closeOnClickOutside={false}
    >
      {/* Unmounted on close, so that the link does not stay in memory. */}
      <NewLink member={member} onClose={onClose} />
    </Dialog>
  )
}

function NewLink({ member, onClose }: Omit<LinkDialogProps, 'opened'>) {
  const { client } = useActing()
  const submission = useSubmission()
  const [link, setLink] = useState<OneTimeLinkProps>()
  const { id, name, status } = member
  const make = (): Promise<boolean> =>
    submission.run(async () =>
      setLink({ ...(await client.members.invite({ id })), name, isReset: status !== 'invited' }),
    )
  if (link !== undefined) {
    return (
      <Stack>
        <OneTimeLink {...link} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{text('done')}</Button>
        </Group>
      </Stack>
    )
  }
  return (
    <Stack>
      <Text>{text(status === 'invited' ? 'newInvitationText' : 'resetText', { name })}</Text>
      {submission.error !== undefined && <Problem error={submission.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text('cancel')}
        </Button>
        <Button onClick={() => void make()} loading={submission.isBusy} data-autofocus>
          {text('createLink')}
        </Button>
      </Group>
    </Stack>
  )
}
