import { TextInput } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { isSameName } from './same-name.ts'
import type { Submission } from './submission.ts'

const text = catalogue(messages)

type ConfirmNameInputProps = {
  /** The name of what is about to end. */
  readonly name: string
  readonly value: string
  readonly onChange: (typed: string) => void
  readonly submission: Submission
}

/** Asks for the name of what is about to end; the form's field `name` holds what is wrong with it. */
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

/** What is wrong with a name that was typed to confirm; undefined when it is the one. */
export function confirmNameError(typed: string, name: string): string | undefined {
  return isSameName(typed, name) ? undefined : text('nameMismatch', { name })
}
