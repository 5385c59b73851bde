import { Anchor, Button, Group, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { FormEvent, ReactNode } from 'react'
import { lazy, Suspense } from 'react'
import { EditConflict, isEditConflict } from '../../components/edit-conflict.tsx'
import { UnsavedGuard } from '../../components/unsaved-guard.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { AuthPanel } from './auth-panel.tsx'
import { DetailsPanel } from './details-panel.tsx'
import classes from './editor.module.css'
import { EndpointPanel } from './endpoint-panel.tsx'
import { ErrorSummary } from './error-summary.tsx'
import { HeadersPanel } from './headers-panel.tsx'
import messages from './messages.json'
import { OrganizationsPanel } from './organizations-panel.tsx'
import type { Editor } from './use-editor.ts'

// The code that authenticates requests is needed only here.
const PreviewPanel = lazy(async () => ({
  default: (await import('./preview-panel.tsx')).PreviewPanel,
}))

const text = catalogue(messages)

type EditorFormProps = {
  readonly editor: Editor
  readonly testPath: string
  /** Whether the form can be left without confirmation, because it was saved. */
  readonly isDone: boolean
  readonly buttons: ReactNode
  readonly onSubmit: () => void
  /** Opens the test dialog; undefined if there is nothing to test yet. */
  readonly onTest: (() => void) | undefined
  readonly children?: ReactNode
}

/** The editor of an integration with a request preview. */
export function EditorForm(props: EditorFormProps) {
  const { editor, testPath, isDone, buttons, onSubmit, onTest, children } = props
  const { submission, base, plan } = editor
  const { error } = submission
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form onSubmit={submit} noValidate className={classes.layout}>
      <div className={classes.form}>
        {children}
        <DetailsPanel editor={editor} />
        <EndpointPanel editor={editor} />
        <HeadersPanel editor={editor} />
        <AuthPanel editor={editor} />
        <OrganizationsPanel editor={editor} />
      </div>
      <div className={classes.preview}>
        <Suspense fallback={null}>
          <PreviewPanel editor={editor} testPath={testPath}>
            {onTest !== undefined && (
              <Button
                style={{ alignSelf: 'start' }}
                variant="default"
                leftSection={<IconPlugConnected size={16} aria-hidden />}
                onClick={onTest}
              >
                {text('test.open')}
              </Button>
            )}
          </PreviewPanel>
        </Suspense>
      </div>
      <Stack className={classes.buttons} gap="md">
        {base !== undefined && (
          <EditConflict error={error} targetId={base.id} onReload={() => void editor.rebase()} />
        )}
        {!isEditConflict(error) && <ErrorSummary submission={submission} />}
        <Group>
          {buttons}
          <Anchor size="sm" renderRoot={(link) => <Link {...link} to="/integrations" />}>
            {text('toList')}
          </Anchor>
        </Group>
      </Stack>
      <UnsavedGuard isDirty={plan.isDirty && !isDone} />
    </form>
  )
}
