import { Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import shellMessages from '../shell/messages.json'

const text = catalogue(shellMessages)

type PageHeaderProps = {
  readonly title: string
  /** One sentence under the title. */
  readonly lead?: ReactNode
  /** What can be done here: buttons, at the end of the line. */
  readonly actions?: ReactNode
  /** In the place of the title while that is edited; it stays the heading for those who hear the page. */
  readonly editor?: ReactNode
  /** Beside the title: badges. */
  readonly aside?: ReactNode
  /** The title of the window, where it is not the title of the page. */
  readonly windowTitle?: string
}

/** The head of a page: its one `h1`, which takes the focus when the page opens, and the title of the window. */
export function PageHeader(props: PageHeaderProps) {
  const { title, lead, actions, aside, editor, windowTitle = title } = props
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = text('title', { page: windowTitle })
  }, [windowTitle])
  useEffect(() => {
    // Not on the very first page, and not where something on the page asked for the focus itself.
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
