import { nameLengthMax, notesLengthMax } from '@keyporter/contract'
import { Text, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { looksLikeSecret } from './secret-like.ts'
import type { Submission } from './submission.ts'
import { lengthOf } from './text-length.ts'

const text = catalogue(messages)

type NameAndNotesProps = {
  readonly name: string
  readonly notes: string
  readonly onChange: (changes: { readonly name?: string; readonly notes?: string }) => void
  readonly submission: Submission
  readonly nameHint: string
  readonly notesHint: string
  /** Warning shown if the notes look like a secret. */
  readonly secretHint: string
  /** Returns the id of a field's container, for links to it. */
  readonly partId?: (field: 'name' | 'notes') => string
}

/** Inputs for name and notes, with character counters. */
export function NameAndNotes(props: NameAndNotesProps) {
  const { name, notes, onChange, submission, nameHint, notesHint, secretHint, partId } = props
  return (
    <>
      <div id={partId?.('name')}>
        <TextInput
          label={text('name')}
          description={nameHint}
          {...submission.field('name', name, (typed) => onChange({ name: typed }))}
          required
          withAsterisk={false}
        />
        <Counter count={lengthOf(name)} max={nameLengthMax} />
      </div>
      <div id={partId?.('notes')}>
        <Textarea
          label={text('notes')}
          description={notesHint}
          {...submission.field('notes', notes, (typed) => onChange({ notes: typed }))}
          rows={3}
        />
        <Counter count={lengthOf(notes)} max={notesLengthMax} />
        <div role="status">
          {looksLikeSecret(notes) && (
            <Text size="sm" c="orange" mt={4}>
              <IconAlertTriangle size={16} aria-hidden style={{ verticalAlign: 'text-bottom' }} />{' '}
              {secretHint}
            </Text>
          )}
        </div>
      </div>
    </>
  )
}

/** Visual only: the error of a text that is too long is shown at the field. */
function Counter({ count, max }: { readonly count: number; readonly max: number }) {
  return (
    <Text size="xs" c={count > max ? 'red' : 'dimmed'} ta="end" mt={4}>
      {text('counter', { count, max })}
    </Text>
  )
}
