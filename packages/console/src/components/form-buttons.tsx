import { Button, Group, type MantineColor } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type FormButtonsProps = {
  /** What submitting does, in a word or two. */
  readonly label: string
  readonly onCancel: () => void
  readonly isBusy: boolean
  readonly isDisabled?: boolean
  readonly color?: MantineColor
}

/** The end of a form in a dialog: the way out, then the way on. */
export function FormButtons({ label, onCancel, isBusy, isDisabled, color }: FormButtonsProps) {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        {text('cancel')}
      </Button>
      <Button type="submit" color={color} loading={isBusy} disabled={isDisabled}>
        {label}
      </Button>
    </Group>
  )
}
