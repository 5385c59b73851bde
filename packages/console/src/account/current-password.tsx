import { SdkError } from '@keyporter/sdk'
import { PasswordInput } from '@mantine/core'
import type { Submission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type CurrentPasswordProps = {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly submission: Submission
  /** Takes the focus in a dialog. */
  readonly isFirst?: boolean
}

/** One's present password, for what a stolen session alone must not be able to do. */
export function CurrentPassword({ value, onChange, submission, isFirst }: CurrentPasswordProps) {
  const isWrong = isWrongPassword(submission.error)
  const field = submission.field('currentPassword', value, onChange)
  return (
    <PasswordInput
      label={text('currentPassword')}
      {...field}
      error={isWrong ? text('wrongPassword') : field.error}
      autoComplete="current-password"
      data-autofocus={isFirst || undefined}
    />
  )
}

/** Whether an error says that the current password is another one: the field says it then. */
export function isWrongPassword(error: unknown): boolean {
  return error instanceof SdkError && error.code === 'sign_in_failed'
}
