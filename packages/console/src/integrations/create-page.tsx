import { nameLengthMax } from '@keyporter/contract'
import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconTemplate } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { DataArea } from '../components/data-area.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { shortenTo } from '../components/text-length.ts'
import { catalogue } from '../messages/catalogue.ts'
import { requestTest } from './connection-test/requested-test.ts'
import { copyOf, type Draft, emptyDraft } from './editor/draft.ts'
import { EditorForm } from './editor/editor-form.tsx'
import editorMessages from './editor/messages.json'
import { useEditor } from './editor/use-editor.ts'
import { type Integration, useIntegration, useMayEditIntegrations } from './integration.ts'
import { IntegrationAccess } from './integration-access.tsx'
import messages from './messages.json'
import { draftOfTemplate, type Template } from './templates/template.ts'
import { findTemplate } from './templates/templates.ts'

const text = catalogue(messages)
const editorText = catalogue(editorMessages)

type CreateSearch = {
  /** The ID of the integration to copy. */
  readonly from?: string
  readonly template?: string
}

/** The page that creates an integration: empty, from a template, or as a copy. */
export function IntegrationCreatePage() {
  const mayEdit = useMayEditIntegrations()
  return (
    <IntegrationAccess title={text('newTitle')}>
      {mayEdit ? (
        <CreatePage />
      ) : (
        <>
          <PageHeader title={text('newTitle')} />
          <NoPermission privilege="integrations.manage" title={text('notAllowed')} />
        </>
      )}
    </IntegrationAccess>
  )
}

function CreatePage() {
  const { from, template: templateId }: CreateSearch = useSearch({ strict: false })
  const { environment } = useActing()
  const source = useIntegration(from)
  const template = findTemplate(templateId)
  const empty = emptyDraft(environment)
  const key = `${from ?? ''} ${templateId ?? ''}`
  return (
    <>
      <PageHeader title={text('newTitle')} lead={text('newLead')} />
      {from === undefined ? (
        <NewIntegration
          key={key}
          start={template === undefined ? empty : draftOfTemplate(template, environment)}
          template={template}
        />
      ) : (
        <DataArea query={source} failure={text('loadFailed')} skeleton={{ rows: 4, height: 160 }}>
          {(loaded) => (
            <NewIntegration
              key={key}
              start={{ ...copyFor(loaded, environment), environment }}
              copied={loaded}
            />
          )}
        </DataArea>
      )}
    </>
  )
}

/** Copies an integration. Only a copy within the same environment gets another name. */
function copyFor(source: Integration, environment: Draft['environment']): Draft {
  const { name } = source
  const isSame = source.environment === environment
  const other = shortenTo(nameLengthMax, text('copyName', { name }))
  return copyOf(source, isSame ? other : name)
}

type NewIntegrationProps = {
  readonly start: Draft
  readonly template?: Template
  readonly copied?: Integration
}

function NewIntegration({ start, template, copied }: NewIntegrationProps) {
  const navigate = useNavigate()
  const editor = useEditor({
    loaded: undefined,
    shared: undefined,
    start,
    defaults: template?.credentials ?? {},
  })
  const [isDone, setDone] = useState(false)
  const testPath = template?.testPath ?? '/'
  const { draft, change, submission, save } = editor
  const { environment } = useActing()
  useEffect(() => change({ environment }), [environment])
  const create = async (isTested: boolean): Promise<void> => {
    const made = await save()
    if (made === undefined) return
    setDone(true)
    if (isTested) requestTest(made.id, testPath)
    await navigate({
      to: '/integrations/$id',
      params: { id: made.id },
      search: {
        environment: made.environment === 'test' ? 'test' : undefined,
        dialog: isTested ? 'test' : undefined,
      },
      replace: true,
      ignoreBlocker: true,
    })
  }
  // Without shared credentials there is nothing to test yet.
  const isTestable = !draft.organizationSpecific || draft.sharedFallback
  return (
    <EditorForm
      editor={editor}
      testPath={testPath}
      isDone={isDone}
      onSubmit={() => void create(isTestable)}
      onTest={undefined}
      buttons={
        <>
          <Button type="submit" loading={submission.isBusy}>
            {editorText(isTestable ? 'saveAndTest' : 'create')}
          </Button>
          {isTestable && (
            <Button
              variant="default"
              disabled={submission.isBusy}
              onClick={() => void create(false)}
            >
              {editorText('saveOnly')}
            </Button>
          )}
        </>
      }
    >
      {template !== undefined && (
        <Alert color="blue" icon={<IconTemplate aria-hidden />} role="note">
          <Stack gap={4}>
            <span>{text('fromTemplate', { name: template.name })}</span>
            <Text size="sm">{template.note}</Text>
            <Text size="sm">{text('templateHelp', { help: template.help })}</Text>
          </Stack>
        </Alert>
      )}
      {copied !== undefined && (
        <Alert color="blue" icon={<IconTemplate aria-hidden />} role="note">
          {text('fromCopy', { name: copied.name })}
        </Alert>
      )}
    </EditorForm>
  )
}
