import { Button, Group, Stack, Text } from '@mantine/core'
import { announce } from '../../components/announcer.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { useDialogUrl } from '../../components/dialog-url.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { DiffList } from './diff-list.tsx'
import { EditProblem } from './edit-problem.tsx'
import messages from './messages.json'
import { diffPermissions, rebasePermissions } from './permission-diff.ts'
import { useEdit } from './use-edit.ts'

const text = catalogue(messages)

type RemoveDialogProps = { readonly credential: Credential; readonly onClose: () => void }

/** Confirms the removal of the permissions that the URL names. */
export function RemoveDialog({ credential, onClose }: RemoveDialogProps) {
  const edit = useEdit(credential)
  const { base, submission, save } = edit
  const { target = '' } = useDialogUrl()
  const named = target.split(',')
  const left = rebasePermissions(base.permissions, { added: [], removed: named })
  const diff = diffPermissions(base.permissions, left)
  const count = diff.removed.length
  const submit = async (): Promise<void> => {
    const permissions = left.size === 0 ? text('noneLeft') : undefined
    if (!(await save({ permissions: [...left] }, { permissions }))) return
    announce(text('removeDone', { count }))
    onClose()
  }
  const fault = submission.fieldError('permissions')
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={text('removeTitle', { count, name: credential.name })}
    >
      <Stack gap="md">
        {count === 0 ? (
          <Text>{text('removeGone')}</Text>
        ) : (
          <>
            <DiffList {...diff} />
            <Text size="sm">{text('effectShort')}</Text>
          </>
        )}
        {fault !== undefined && (
          <Text size="sm" c="red" role="alert">
            {fault}
          </Text>
        )}
        <EditProblem edit={edit} fields={['permissions']} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {text('cancel')}
          </Button>
          {count > 0 && (
            <Button color="red" loading={submission.isBusy} onClick={() => void submit()}>
              {text('removeSubmit', { count })}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  )
}
