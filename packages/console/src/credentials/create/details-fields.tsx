import { Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Panel } from '../../components/panel.tsx'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { type Draft, lengthOf } from './draft.ts'
import messages from './messages.json'
import { partId } from './problem-list.tsx'
import { looksLikeSecret } from './secret-like.ts'

const text = catalogue(messages)

export const NAME_MAX = 64
export const NOTES_MAX = 250

type DetailsFieldsProps = {
  readonly draft: Draft
  readonly submission: Submission
  readonly onChange: (changes: Partial<Draft>) => void
}

/** Name and notes, each with its counter. */
export function DetailsFields({ draft, submission, onChange }: DetailsFieldsProps) {
  return (
    <Panel title={text('details')}>
      <Stack gap="md">
        <div id={partId('name')}>
          <TextInput
            label={text('name')}
            description={text('nameHint')}
            {...submission.field('name', draft.name, (name) => onChange({ name }))}
            required
            withAsterisk={false}
          />
          <Counter count={lengthOf(draft.name)} max={NAME_MAX} />
        </div>
        <div id={partId('notes')}>
          <Textarea
            label={text('notes')}
            description={text('notesHint')}
            {...submission.field('notes', draft.notes, (notes) => onChange({ notes }))}
            rows={3}
          />
          <Counter count={lengthOf(draft.notes)} max={NOTES_MAX} />
          <div role="status">
            {looksLikeSecret(draft.notes) && (
              <Text size="sm" c="orange" mt={4}>
                <IconAlertTriangle size={16} aria-hidden style={{ verticalAlign: 'text-bottom' }} />{' '}
                {text('notesSecret')}
              </Text>
            )}
          </div>
        </div>
      </Stack>
    </Panel>
  )
}

/** What is left, for who looks; what is too long is said beside the field. */
function Counter({ count, max }: { readonly count: number; readonly max: number }) {
  return (
    <Text size="xs" c={count > max ? 'red' : 'dimmed'} ta="end" mt={4}>
      {text('counter', { count, max })}
    </Text>
  )
}
