import { Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import shellMessages from '../shell/messages.json'

const text = catalogue(shellMessages)

type PageHeaderProps = {
  readonly title: string
  /** One sentence below the title. */
  readonly lead?: ReactNode
  /** Buttons at the end of the line. */
  readonly actions?: ReactNode
  /** Replaces the visible title while it is edited. The heading stays for screen readers. */
  readonly editor?: ReactNode
  /** Badges next to the title. */
  readonly aside?: ReactNode
  /** The document title, if it differs from the page title. */
  readonly windowTitle?: string
}

/** The page's `h1`, which receives the focus on navigation, and the document title. */
export function PageHeader(props: PageHeaderProps) {
  const { title, lead, actions, aside, editor, windowTitle = title } = props
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = text('title', { page: windowTitle })
  }, [windowTitle])
  useEffect(() => {
    // Not on the first page load, and not if another element has taken the focus.
    if (window.history.state?.__TSR_index > 0 && document.activeElement === document.body) {
      heading.current?.focus()
    }
  }, [])
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} miw={0} flex="1 1 16rem">
        {editor === undefined ? (
          <Group gap="sm" align="center">
            <Title order={1} ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {aside}
          </Group>
        ) : (
          <>
            <VisuallyHidden component="h1">{title}</VisuallyHidden>
            {editor}
          </>
        )}
        {lead !== undefined && (
          <Text component="div" c="dimmed" size="sm">
            {lead}
          </Text>
        )}
      </Stack>
      {actions !== undefined && <Group gap="sm">{actions}</Group>}
    </Group>
  )
}
