import { Button } from '@mantine/core'
import { announce } from '../components/announcer.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { catalogue } from '../messages/catalogue.ts'
import { requestedTest } from './connection-test/requested-test.ts'
import { draftOf } from './editor/draft.ts'
import { EditorForm } from './editor/editor-form.tsx'
import messages from './editor/messages.json'
import { useEditor } from './editor/use-editor.ts'
import type { Connection, Integration } from './integration.ts'
import { IntegrationDialogs } from './integration-dialogs.tsx'
import { IntegrationHeader } from './integration-header.tsx'

const text = catalogue(messages)

type EditPageProps = {
  readonly integration: Integration
  readonly shared: Connection | undefined
  readonly connections: readonly Connection[]
}

/** The editor of one integration. */
export function EditPage({ integration, shared, connections }: EditPageProps) {
  const { open } = useDialogUrl()
  const editor = useEditor({
    loaded: integration,
    shared,
    start: draftOf(integration),
    defaults: integration.auth,
  })
  const { submission, plan, save, discard } = editor
  const submit = async (): Promise<void> => {
    if ((await save()) !== undefined) announce(text('savedAll'))
  }
  return (
    <>
      <IntegrationHeader integration={integration} />
      <EditorForm
        editor={editor}
        testPath={requestedTest(integration.id).path}
        isDone={false}
        onSubmit={() => void submit()}
        onTest={() => open('test')}
        buttons={
          <>
            <Button type="submit" loading={submission.isBusy}>
              {text('save')}
            </Button>
            {plan.isDirty && (
              <Button variant="default" onClick={discard}>
                {text('discard')}
              </Button>
            )}
          </>
        }
      />
      <IntegrationDialogs integration={integration} connections={connections} />
    </>
  )
}
