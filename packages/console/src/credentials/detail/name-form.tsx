import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { EditProblem } from './edit-problem.tsx'
import messages from './messages.json'
import { useEdit } from './use-edit.ts'

const text = catalogue(messages)

type NameFormProps = { readonly credential: Credential; readonly onDone: () => void }

/** Edits the name in the page header. */
export function NameForm({ credential, onDone }: NameFormProps) {
  const edit = useEdit(credential)
  const { submission } = edit
  const [name, setName] = useState(credential.name)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const fault = name.trim() === '' ? text('nameRequired') : undefined
    if (await edit.save({ name: name.trim() }, { name: fault })) onDone()
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <Group gap="xs" align="flex-end">
          <TextInput
            flex="1 1 16rem"
            label={text('name')}
            {...submission.field('name', name, setName)}
            autoFocus
            onKeyDown={(event) => event.key === 'Escape' && onDone()}
          />
          <Button type="submit" loading={submission.isBusy}>
            {text('save')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {text('cancel')}
          </Button>
        </Group>
        <EditProblem edit={edit} fields={['name']} />
      </Stack>
    </form>
  )
}
