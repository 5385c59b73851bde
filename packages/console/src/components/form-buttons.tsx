import { Button, Group, type MantineColor } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type FormButtonsProps = {
  /** Label of the submit button. */
  readonly label: string
  readonly icon?: Icon
  readonly color?: MantineColor
  readonly onCancel: () => void
  readonly isBusy: boolean
  /**
   * Shows the submit button as disabled. It can still be pressed: the form then shows the missing
   * fields.
   */
  readonly isIncomplete?: boolean
  /** Whether Cancel receives the initial focus of the dialog. */
  readonly startsAtCancel?: boolean
}

/** The cancel and submit buttons of a form in a dialog. */
export function FormButtons(props: FormButtonsProps) {
  const { label, icon: Icon, color, onCancel, isBusy, isIncomplete, startsAtCancel } = props
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel} data-autofocus={startsAtCancel || undefined}>
        {text('cancel')}
      </Button>
      <Button
        type="submit"
        color={color}
        loading={isBusy}
        leftSection={Icon && <Icon size={16} aria-hidden />}
        aria-disabled={isIncomplete}
        data-disabled={isIncomplete || undefined}
      >
        {label}
      </Button>
    </Group>
  )
}
