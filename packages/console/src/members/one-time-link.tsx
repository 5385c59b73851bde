import { Alert, Code, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { Instant } from '../components/instant.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type OneTimeLinkProps = {
  /** Null if the response was lost and replayed. */
  readonly url: string | null
  readonly expiresAt: string
  /** The member that the link is for. */
  readonly name: string
  /** Whether the member already has a password, which the link resets. */
  readonly isReset: boolean
}

/** A link for choosing a password. Shown once. */
export function OneTimeLink({ url, expiresAt, name, isReset }: OneTimeLinkProps) {
  const source = useRef<HTMLElement>(null)
  const box = useRef<HTMLDivElement>(null)
  // The focused form that requested the link is unmounted.
  useEffect(() => box.current?.focus(), [])
  if (url === null) return <Alert color="orange">{text('linkNotDisplayed')}</Alert>
  const label = text(isReset ? 'link.reset' : 'link.invitation')
  return (
    <Stack gap="sm" ref={box} tabIndex={-1} role="group" aria-label={label}>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />}>
        {text('linkWarning', { name })}
      </Alert>
      <Code ref={source} p="sm" fz="sm">
        {url}
      </Code>
      <Group>
        <CopyButton value={url} what={label} label={text('linkCopy')} source={source} />
      </Group>
      <Text size="sm" c="dimmed">
        {text.rich('linkExpires', { at: <Instant key="at" at={expiresAt} form="exact" /> })}
      </Text>
    </Stack>
  )
}
