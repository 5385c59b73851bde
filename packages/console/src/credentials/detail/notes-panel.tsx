import { notesLengthMax } from '@keyporter/contract'
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useCan } from '../../api/session.ts'
import { Panel } from '../../components/panel.tsx'
import { lengthOf } from '../../components/text-length.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { type Credential, isModifiable } from '../credential.ts'
import classes from './detail.module.css'
import { EditProblem } from './edit-problem.tsx'
import messages from './messages.json'
import { useEdit } from './use-edit.ts'

const text = catalogue(messages)

/** Shows and edits the notes of a credential. */
export function NotesPanel({ credential }: { readonly credential: Credential }) {
  const mayChange = useCan('CREDENTIAL_WRITE') && isModifiable(credential)
  const [isEditing, setEditing] = useState(false)
  const { notes } = credential
  return (
    <Panel
      title={text('notes')}
      actions={
        mayChange &&
        !isEditing && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={text('editNotes')}
            onClick={() => setEditing(true)}
          >
            {text('edit')}
          </Button>
        )
      }
    >
      {isEditing ? (
        <NotesForm credential={credential} onDone={() => setEditing(false)} />
      ) : (
        <Text className={classes.notes} c={notes === '' ? 'dimmed' : undefined}>
          {notes === '' ? text('noNotes') : notes}
        </Text>
      )}
    </Panel>
  )
}

type NotesFormProps = { readonly credential: Credential; readonly onDone: () => void }

function NotesForm({ credential, onDone }: NotesFormProps) {
  const edit = useEdit(credential)
  const { submission } = edit
  const [notes, setNotes] = useState(credential.notes)
  const left = notesLengthMax - lengthOf(notes)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const fault = left < 0 ? text('notesOver', { count: -left }) : undefined
    if (await edit.save({ notes }, { notes: fault })) onDone()
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <Textarea
          aria-label={text('notes')}
          description={text('notesHint')}
          rows={4}
          {...submission.field('notes', notes, setNotes)}
          autoFocus
        />
        <Text size="xs" c={left < 0 ? 'red' : 'dimmed'}>
          {left < 0 ? text('notesOver', { count: -left }) : text('notesLeft', { count: left })}
        </Text>
        <EditProblem edit={edit} fields={['notes']} />
        <Group gap="xs">
          <Button type="submit" loading={submission.isBusy}>
            {text('save')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {text('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
