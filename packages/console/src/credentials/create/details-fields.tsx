import { Stack } from '@mantine/core'
import { NameAndNotes } from '../../components/name-and-notes.tsx'
import { Panel } from '../../components/panel.tsx'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Draft } from './draft.ts'
import messages from './messages.json'
import { partId } from './problem-list.tsx'

const text = catalogue(messages)

type DetailsFieldsProps = {
  readonly draft: Draft
  readonly submission: Submission
  readonly onChange: (changes: Partial<Draft>) => void
}

/** The name and notes of the new credential. */
export function DetailsFields({ draft, submission, onChange }: DetailsFieldsProps) {
  return (
    <Panel title={text('details')}>
      <Stack gap="md">
        <NameAndNotes
          name={draft.name}
          notes={draft.notes}
          onChange={onChange}
          submission={submission}
          nameHint={text('nameHint')}
          notesHint={text('notesHint')}
          secretHint={text('notesSecret')}
          partId={partId}
        />
      </Stack>
    </Panel>
  )
}
