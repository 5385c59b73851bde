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
  /** Receives the initial focus of a dialog. */
  readonly isFirst?: boolean
}

/**
 * Input for the member's current password. Required for changes that a stolen session must not
 * allow.
 */
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

/**
 * Returns whether an error means that the current password is wrong. The field shows this error
 * itself.
 */
export function isWrongPassword(error: unknown): boolean {
  return error instanceof SdkError && error.code === 'sign_in_failed'
}
