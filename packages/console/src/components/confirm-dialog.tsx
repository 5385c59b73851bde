import { Button, Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { Dialog } from './dialog.tsx'
import messages from './messages.json'
import { Problem } from './problem.tsx'
import type { Submission } from './submission.ts'

const text = catalogue(messages)

type ConfirmDialogProps = {
  readonly opened: boolean
  readonly title: string
  /** What will happen, in words. */
  readonly children: ReactNode
  /** The button that does it, such as "Deactivate". */
  readonly action: string
  /** For what takes something away. */
  readonly isDangerous?: boolean
  readonly submission: Submission
  readonly onConfirm: () => void
  readonly onClose: () => void
  /** In the place of the usual description of what went wrong. */
  readonly problem?: ReactNode
}

/** Asks before something is done. The focus starts on the way out. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { submission, isDangerous = false, problem } = props
  const { error } = submission
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={props.title} role="alertdialog">
      <Stack>
        {props.children}
        {error !== undefined && (problem ?? <Problem error={error} />)}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {text('cancel')}
          </Button>
          <Button
            color={isDangerous ? 'red' : undefined}
            loading={submission.isBusy}
            onClick={props.onConfirm}
          >
            {props.action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
