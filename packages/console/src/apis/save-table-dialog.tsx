import { versionOf } from '@keyporter/sdk'
import { Button, Checkbox, Group, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { ApiDraft } from './api-draft.ts'
import messages from './messages.json'
import { TableChangeList } from './table-change-list.tsx'
import { operationsRequiring, unmapOperations } from './table-changes.ts'
import { toTable } from './table-draft.ts'

const text = catalogue(messages)

type SaveTableDialogProps = {
  readonly isOpen: boolean
  readonly draft: ApiDraft
  readonly onClose: () => void
}

/** Shows the changes to the permission table and the affected credentials, then saves. */
export function SaveTableDialog({ isOpen, draft, onClose }: SaveTableDialogProps) {
  return (
    <Dialog opened={isOpen} onClose={onClose} size="lg" title={text('saveTitle')}>
      {isOpen && <Review draft={draft} onClose={onClose} />}
    </Dialog>
  )
}

function Review({ draft, onClose }: Omit<SaveTableDialogProps, 'isOpen'>) {
  const { base, rows, changes } = draft
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const submission = useSubmission()
  const [isConfirmed, setConfirmed] = useState(false)
  if (changes === undefined) return null
  const affected = operationsRequiring(base.operations, changes.removed)
  const save = (): void => {
    void submission.run(async () => {
      const saved = await client.apis.update(
        {
          id: base.id,
          permissions: toTable(rows),
          ...(affected.length === 0
            ? {}
            : { operations: [...unmapOperations(base.operations, changes.removed)] }),
        },
        { version: versionOf(base) },
      )
      draft.start(saved)
      onClose()
      announce(text('saved'))
      await queries.invalidateQueries({ queryKey: [...scope, 'apis'] })
    })
  }
  const reload = (): void => {
    void client.apis.get({ id: base.id }).then((latest) => {
      draft.adopt(latest)
      submission.reset()
    })
  }
  const { error } = submission
  return (
    <Stack>
      {error !== undefined && !isEditConflict(error) && <Problem error={error} />}
      <EditConflict error={error} targetId={base.id} onReload={reload} />
      <TableChangeList changes={changes} apiId={base.id} affected={affected} />
      {affected.length > 0 && (
        <Checkbox
          label={text('rejectOperations', { count: affected.length })}
          checked={isConfirmed}
          onChange={(event) => setConfirmed(event.currentTarget.checked)}
        />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text('cancel')}
        </Button>
        <Button
          loading={submission.isBusy}
          disabled={affected.length > 0 && !isConfirmed}
          onClick={save}
          data-autofocus
        >
          {text('save')}
        </Button>
      </Group>
    </Stack>
  )
}
