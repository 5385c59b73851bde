import { Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { MemberProblem } from './member-problem.tsx'
import messages from './messages.json'
import type { MemberDialogProps } from './status-dialog.tsx'
import { useMemberChange } from './use-member-change.ts'

const text = catalogue(messages)

export function RenameDialog({ opened, ...rest }: MemberDialogProps) {
  return (
    <Dialog opened={opened} onClose={rest.onClose} title={text('renameTitle')}>
      <RenameForm {...rest} />
    </Dialog>
  )
}

function RenameForm({ member, onReload, onClose }: Omit<MemberDialogProps, 'opened'>) {
  const [name, setName] = useState(member.name)
  const change = useMemberChange(member)
  const submission = useSubmission()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(() => change({ name })).then((done) => done && onClose())
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {submission.error !== undefined && (
          <MemberProblem error={submission.error} member={member} onReload={onReload} />
        )}
        <TextInput
          label={text('name')}
          {...submission.field('name', name, setName)}
          data-autofocus
        />
        <FormButtons label={text('renameAction')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
