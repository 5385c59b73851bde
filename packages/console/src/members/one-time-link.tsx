import { Alert, Code, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { Instant } from '../components/instant.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type OneTimeLinkProps = {
  /** Null when the answer that held it was lost. */
  readonly url: string | null
  readonly expiresAt: string
  /** Whom it lets in. */
  readonly name: string
}

/** A link with which somebody chooses a password. Shown this once. */
export function OneTimeLink({ url, expiresAt, name }: OneTimeLinkProps) {
  const source = useRef<HTMLElement>(null)
  const box = useRef<HTMLDivElement>(null)
  // Where the form stood that asked for it: the focus would be lost with that.
  useEffect(() => box.current?.focus(), [])
  if (url === null) return <Alert color="orange">{text('linkNotDisplayed')}</Alert>
  return (
    <Stack gap="sm" ref={box} tabIndex={-1} role="group" aria-label={text('link')}>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />}>
        {text('linkWarning', { name })}
      </Alert>
      <Code ref={source} p="sm" fz="sm">
        {url}
      </Code>
      <Group>
        <CopyButton value={url} what={text('link')} label={text('linkCopy')} source={source} />
      </Group>
      <Text size="sm" c="dimmed">
        {text.rich('linkExpires', { at: <Instant key="at" at={expiresAt} form="exact" /> })}
      </Text>
    </Stack>
  )
}
