import { Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { contentTypes } from './draft.ts'
import messages from './messages.json'
import { RowList } from './row-list.tsx'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)

/** The panel for the content type and additional headers. */
export function HeadersPanel({ editor }: { readonly editor: Editor }) {
  const { draft, change, submission } = editor
  const fault = submission.fieldError('contentType')
  const choose = (value: string): void => {
    submission.touch('contentType')
    change({ contentChoice: contentTypes.find((known) => known === value) ?? 'json' })
  }
  return (
    <Panel title={text('headers')}>
      <Stack gap="xs">
        <Radio.Group
          label={text('contentType')}
          description={text('contentTypeHint')}
          value={draft.contentChoice}
          onChange={choose}
          error={draft.contentChoice === 'other' ? undefined : fault}
        >
          <Group gap="md" mt="xs">
            {contentTypes.map((choice) => (
              <Radio key={choice} value={choice} label={text(`contentType.${choice}`)} />
            ))}
          </Group>
        </Radio.Group>
        {draft.contentChoice === 'other' && (
          <TextInput
            label={text('mediaType')}
            placeholder="text/csv"
            {...submission.field('contentType', draft.otherContentType, (otherContentType) =>
              change({ otherContentType }),
            )}
            maxLength={128}
            maw={360}
            spellCheck={false}
          />
        )}
      </Stack>
      <Stack gap="xs">
        <Text size="sm" fw={600} component="h3">
          {text('moreHeaders')}
        </Text>
        <Text size="xs" c="dimmed">
          {text('headersHint')}
        </Text>
        <RowList
          of="headers"
          rows={draft.headers}
          onChange={(headers) => change({ headers })}
          pointer="headers"
          submission={submission}
        />
      </Stack>
    </Panel>
  )
}
