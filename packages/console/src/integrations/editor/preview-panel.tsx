import { SegmentedControl, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { hostOf } from '../integration.ts'
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
  const preview = previewOf({ draft, credentials, method, path: testPath })
  const tokenUrl = draft.settings[tokenSources[draft.kind] ?? ''] ?? ''
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
      {tokenUrl !== '' && (
        <Text size="xs" c="dimmed">
          {text('tokenFrom', { host: hostOf(tokenUrl) })}
        </Text>
      )}
      {children}
    </Panel>
  )
}

/** The setting with the token endpoint, by authentication type. */
const tokenSources: Readonly<Record<string, string>> = {
  oauth2_client_credentials: 'tokenUrl',
  oauth2_authorization_code: 'tokenUrl',
  login_call: 'loginUrl',
}
