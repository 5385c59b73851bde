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
  /** The consequences of the action. */
  readonly children: ReactNode
  /** Label of the confirm button, such as "Deactivate". */
  readonly action: string
  /** Whether the action removes something. */
  readonly isDangerous?: boolean
  readonly submission: Submission
  readonly onConfirm: () => void
  readonly onClose: () => void
  /** Replaces the default error message. */
  readonly problem?: ReactNode
}

/** Confirms an action. The initial focus is on Cancel. */
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
