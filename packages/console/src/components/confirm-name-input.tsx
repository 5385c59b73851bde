import { TextInput } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { isSameName } from './same-name.ts'
import type { Submission } from './submission.ts'

const text = catalogue(messages)

type ConfirmNameInputProps = {
  /** The name to enter. */
  readonly name: string
  readonly value: string
  readonly onChange: (typed: string) => void
  readonly submission: Submission
}

/** Asks for a name to confirm a destructive action. Errors are in the form's field `name`. */
export function ConfirmNameInput({ name, value, onChange, submission }: ConfirmNameInputProps) {
  return (
    <TextInput
      label={text.rich('typeName', { name: <strong key="name">{name}</strong> })}
      {...submission.field('name', value, onChange)}
      spellCheck={false}
      data-autofocus
    />
  )
}

/** Returns the validation error of an entered name; undefined if the name matches. */
export function confirmNameError(typed: string, name: string): string | undefined {
  return isSameName(typed, name) ? undefined : text('nameMismatch', { name })
}
