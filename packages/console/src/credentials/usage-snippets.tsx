import { Group, Stack, Tabs, Text } from '@mantine/core'
import { useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './secret/messages.json'
import classes from './secret/secret.module.css'
import {
  type SnippetKind,
  snippet,
  snippetKinds,
  type UsableCredential,
} from './secret/snippets.ts'

const text = catalogue(messages)

type UsageSnippetsProps = {
  readonly credential: UsableCredential
  /** Included in copied examples, if known. */
  readonly clientSecret?: string
  /** Whether the examples show the secret. */
  readonly isRevealed?: boolean
  /** Called after an example that contains the secret was copied. */
  readonly onCopied?: () => void
}

/** Code examples. They contain the secret only when copied or revealed. */
export function UsageSnippets(props: UsageSnippetsProps) {
  return (
    <Tabs defaultValue="env" keepMounted={false}>
      <Tabs.List aria-label={text('examples')}>
        {snippetKinds.map((kind) => (
          <Tabs.Tab key={kind} value={kind}>
            {text(kind)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippetKinds.map((kind) => (
        <Tabs.Panel key={kind} value={kind} pt="sm">
          <Snippet {...props} kind={kind} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function Snippet(props: UsageSnippetsProps & { readonly kind: SnippetKind }) {
  const { kind, credential, clientSecret, isRevealed = false, onCopied } = props
  const source = useRef<HTMLPreElement>(null)
  const name = text(kind)
  const copied = snippet(kind, credential, clientSecret)
  const holdsSecret = clientSecret !== undefined && copied.includes(clientSecret)
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="center" wrap="nowrap" gap="xs">
        <Text size="sm" c="dimmed">
          {text(`${kind}Hint`)}
        </Text>
        <CopyButton
          value={copied}
          what={name}
          source={source}
          onCopied={holdsSecret ? onCopied : undefined}
        />
      </Group>
      {/* A scrollable region must be focusable (WCAG 2.1.1). */}
      <pre
        ref={source}
        className={classes.code}
        tabIndex={0}
        role="region"
        aria-label={text('code', { name })}
      >
        <code>{isRevealed ? copied : snippet(kind, credential)}</code>
      </pre>
    </Stack>
  )
}
