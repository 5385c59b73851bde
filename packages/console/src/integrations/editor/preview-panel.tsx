import { authFieldsOf } from '@keyporter/protocol'
import { SegmentedControl, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { type AuthKind, hostOf } from '../integration.ts'
import classes from './editor.module.css'
import messages from './messages.json'
import { previewOf } from './preview.ts'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)
const methods = ['GET', 'POST'] as const

type PreviewPanelProps = {
  readonly editor: Editor
  readonly testPath: string
  readonly children?: ReactNode
}

/** Previews a request with the current input; secrets are masked. */
export function PreviewPanel({ editor, testPath, children }: PreviewPanelProps) {
  const { draft, credentials } = editor
  const [method, setMethod] = useState<(typeof methods)[number]>('GET')
  const [nowMs] = useState(() => Date.now())
  const preview = previewOf({ draft, credentials, method, path: testPath, nowMs })
  const tokenUrl = draft.settings[tokenSource(draft.kind) ?? ''] ?? ''
  return (
    <Panel
      title={text('preview')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={text('previewMethod')}
          data={[...methods]}
          value={method}
          onChange={(value) => setMethod(methods.find((known) => known === value) ?? 'GET')}
        />
      }
    >
      <div className={classes.message} data-testid="preview">
        <p>
          <strong>{preview.method}</strong> {preview.url}
        </p>
        <dl>
          {preview.headers.map(([name, value], index) => (
            <div key={`${name} ${index}`}>
              <dt>{name}: </dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      {preview.problem !== undefined && (
        <Text size="xs" c="dimmed">
          {preview.problem}
        </Text>
      )}
      {tokenUrl !== '' && (
        <Text size="xs" c="dimmed">
          {text('tokenFrom', { host: hostOf(tokenUrl) })}
        </Text>
      )}
      {children}
    </Panel>
  )
}

/** Returns the setting with the endpoint that returns tokens. */
function tokenSource(kind: AuthKind): string | undefined {
  const fields = Object.entries(authFieldsOf(kind))
  return fields.find(([, { destination }]) => destination === 'endpoint')?.[0]
}
