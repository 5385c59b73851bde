import { Button, Group, type MantineColor } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type FormButtonsProps = {
  /** What submitting does, in a word or two. */
  readonly label: string
  readonly icon?: Icon
  readonly color?: MantineColor
  readonly onCancel: () => void
  readonly isBusy: boolean
  /** Drawn as if it could not be pressed. Pressed all the same, the form says what is missing. */
  readonly isUnready?: boolean
  /** Whether the focus of a dialog starts on the way out. */
  readonly startsAtCancel?: boolean
}

/** The end of a form in a dialog: the way out, then the way on. */
export function FormButtons(props: FormButtonsProps) {
  const { label, icon: Icon, color, onCancel, isBusy, isUnready, startsAtCancel } = props
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
        aria-disabled={isUnready}
        data-disabled={isUnready || undefined}
      >
        {label}
      </Button>
    </Group>
  )
}
