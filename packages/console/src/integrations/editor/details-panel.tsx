import { Radio, Stack, Text } from '@mantine/core'
import { NameAndNotes } from '../../components/name-and-notes.tsx'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { EnvironmentBadge } from '../environment-badge.tsx'
import messages from './messages.json'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)

/** The panel for name, notes and environment. */
export function DetailsPanel({ editor }: { readonly editor: Editor }) {
  const { draft, change, submission } = editor
  return (
    <Panel title={text('details')}>
      <NameAndNotes
        name={draft.name}
        notes={draft.notes}
        onChange={change}
        submission={submission}
        nameHint={text('nameHint')}
        notesHint={text('notesHint')}
        secretHint={text('notesSecret')}
      />
      <Environment editor={editor} />
    </Panel>
  )
}

function Environment({ editor: { base, draft, change } }: { readonly editor: Editor }) {
  if (base !== undefined) {
    return (
      <Stack gap={4} align="flex-start">
        <Text size="sm" fw={600}>
          {text('environment')}
        </Text>
        <EnvironmentBadge environment={base.environment} />
        <Text size="xs" c="dimmed">
          {text(base.environment === 'test' ? 'testFixed' : 'environmentFixed')}
        </Text>
      </Stack>
    )
  }
  return (
    <Radio.Group
      label={text('environment')}
      description={text('environmentHint')}
      value={draft.environment}
      onChange={(value) => change({ environment: value === 'test' ? 'test' : 'production' })}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="production" label={text('production')} />
        <Radio value="test" label={text('test')} />
      </Stack>
    </Radio.Group>
  )
}
