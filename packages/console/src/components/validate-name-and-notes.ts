import { nameLengthMax, notesLengthMax } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { lengthOf } from './text-length.ts'

const text = catalogue(messages)

type NameAndNotes = { readonly name: string; readonly notes: string }

/** Returns the validation errors of a name and notes. */
export function validateNameAndNotes({ name, notes }: NameAndNotes) {
  const trimmed = name.trim()
  return {
    name: trimmed === '' ? text('nameRequired') : tooLong(trimmed, nameLengthMax),
    notes: tooLong(notes, notesLengthMax),
  }
}

function tooLong(value: string, max: number): string | undefined {
  return lengthOf(value) > max ? text('tooLong', { max }) : undefined
}
