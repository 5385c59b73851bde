import { Button, Group, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { catalogue } from '../messages/catalogue.ts'
import { Dialog } from './dialog.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/**
 * Asks before a page with unsaved changes is left. Tabs and dialogs of the same page do not count
 * as leaving.
 */
export function UnsavedGuard({ isDirty }: { readonly isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
  const isAsking = blocker.status === 'blocked'
  return (
    <Dialog
      role="alertdialog"
      title={text('leaveTitle')}
      opened={isAsking}
      onClose={() => blocker.reset?.()}
    >
      <Text size="sm">{text('leaveText')}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => blocker.proceed?.()}>
          {text('leave')}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset?.()}>
          {text('stay')}
        </Button>
      </Group>
    </Dialog>
  )
}
