import { Button, Group, Stack, Text } from '@mantine/core'
import { Dialog } from '../../components/dialog.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type UnsavedDialogProps = {
  readonly onGoBack: () => void
  readonly onClose: () => void
}

/** Asks for confirmation before an unsaved secret is discarded. */
export function UnsavedDialog({ onGoBack, onClose }: UnsavedDialogProps) {
  return (
    <Dialog
      opened
      onClose={onGoBack}
      role="alertdialog"
      title={text('unsavedTitle')}
      withCloseButton={false}
      closeOnClickOutside={false}
    >
      <Stack>
        <Text size="sm">{text('unsaved')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onGoBack} data-autofocus>
            {text('goBack')}
          </Button>
          <Button color="red" onClick={onClose}>
            {text('closeAnyway')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
