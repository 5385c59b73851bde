import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { Dialog } from '../../components/dialog.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Asks for confirmation before an edited form is left. */
export function LeaveGuard({ isActive }: { readonly isActive: boolean }) {
  const blocker = useBlocker({
    // Switching the environment changes the URL, but not the form.
    shouldBlockFn: ({ current, next }) => isActive && current.pathname !== next.pathname,
    enableBeforeUnload: () => isActive,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <Dialog opened onClose={blocker.reset} role="alertdialog" title={text('leaveTitle')}>
      <Stack>
        <Text size="sm">{text('leave')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={blocker.reset} data-autofocus>
            {text('stay')}
          </Button>
          <Button color="red" onClick={blocker.proceed}>
            {text('leaveAnyway')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
