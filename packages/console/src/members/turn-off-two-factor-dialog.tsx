import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { MemberProblem } from './member-problem.tsx'
import messages from './messages.json'
import type { MemberDialogProps } from './status-dialog.tsx'

const text = catalogue(messages)

/** Turns off two-factor authentication for a member who lost phone and recovery codes. */
export function TurnOffTwoFactorDialog({ member, opened, onReload, onClose }: MemberDialogProps) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const submission = useSubmission()
  const { id, name } = member
  const close = (): void => {
    submission.reset()
    onClose()
  }
  const remove = async (): Promise<void> => {
    await client.members.removeTotp({ id })
    await queries.invalidateQueries({ queryKey: [...scope, 'members'] })
  }
  return (
    <ConfirmDialog
      opened={opened}
      title={text('turnOffTwoFactorTitle', { name })}
      action={text('turnOffTwoFactor')}
      isDangerous
      submission={submission}
      problem={<MemberProblem error={submission.error} member={member} onReload={onReload} />}
      onConfirm={() => void submission.run(remove).then((done) => done && close())}
      onClose={close}
    >
      <Text>{text('turnOffTwoFactorText', { name })}</Text>
    </ConfirmDialog>
  )
}
