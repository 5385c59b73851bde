import { Stack, Text } from '@mantine/core'
import { useCurrentSession } from '../api/session.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { MemberDetailsProps } from './member-details.tsx'
import { MemberProblem } from './member-problem.tsx'
import messages from './messages.json'
import { useMemberChange } from './use-member-change.ts'

const text = catalogue(messages)

export type MemberDialogProps = MemberDetailsProps & {
  readonly opened: boolean
  readonly onClose: () => void
}

/** Deactivates or reactivates a member. */
export function StatusDialog({ member, opened, onReload, onClose }: MemberDialogProps) {
  const isOwn = useCurrentSession().actor.id === member.id
  const change = useMemberChange(member)
  const submission = useSubmission()
  const close = (): void => {
    submission.reset()
    onClose()
  }
  const verb = member.status === 'deactivated' ? 'reactivate' : 'deactivate'
  const { name } = member
  return (
    <ConfirmDialog
      opened={opened}
      title={text(`${verb}Title`, { name })}
      action={text(verb)}
      isDangerous={verb === 'deactivate'}
      submission={submission}
      problem={<MemberProblem error={submission.error} member={member} onReload={onReload} />}
      onConfirm={() =>
        void submission
          .run(() => change({ active: verb === 'reactivate' }))
          .then((done) => done && close())
      }
      onClose={close}
    >
      <Stack gap="xs">
        <Text>{text(`${verb}Text`, { name })}</Text>
        {isOwn && verb === 'deactivate' && <Text fw={600}>{text('deactivateOwn')}</Text>}
      </Stack>
    </ConfirmDialog>
  )
}
