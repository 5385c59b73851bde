import { FIELD_NAME } from '@keyporter/protocol'
import { validateNameAndNotes } from '../../components/validate-name-and-notes.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Connection } from '../integration.ts'
import type { Field } from '../kinds.ts'
import { addressFault } from './address.ts'
import type { Draft, Values } from './draft.ts'
import messages from './messages.json'
import { isKept, shownFields } from './request.ts'
import { isFilled, type Row } from './rows.ts'

const text = catalogue(messages)

/** What is wrong, by the pointer under which the server would name it. */
export type Faults = Readonly<Record<string, string | undefined>>

/** What can be told to be wrong with an integration before it is sent. */
export function draftFaults(draft: Draft): Faults {
  const address = addressFault(draft.baseUrl, true)
  const fields = shownFields(draft.kind, draft.settings).filter(({ of }) => of === 'integration')
  return {
    ...validateNameAndNotes(draft),
    baseUrl:
      draft.baseUrl.trim() === '' ? text('baseUrlNeeded') : address && text(`address.${address}`),
    contentType:
      draft.contentChoice === 'other' && draft.otherContentType.trim() === ''
        ? text('contentTypeNeeded')
        : undefined,
    ...headerFaults('headers', draft.headers),
    ...Object.fromEntries(
      fields.map((field) => [`auth/${field.name}`, settingFault(field, draft)]),
    ),
  }
}

function settingFault(field: Field, draft: Draft): string | undefined {
  const { name, control, isOptional, isSentEmpty } = field
  const value = (draft.settings[name] ?? '').trim()
  // Each organization may have its own.
  const isNeeded = isOptional !== true && isSentEmpty !== true && !draft.organizationSpecific
  if (value === '') return isNeeded && control !== 'pairs' ? text('needed') : undefined
  if (control === 'url') {
    const fault = addressFault(value)
    return fault && text(`address.${fault}`)
  }
  if (control === 'number') return /^\d{1,8}$/.test(value) ? undefined : text('numberNeeded')
  return control === 'recipe' && !isJson(value) ? text('recipeInvalid') : undefined
}

function isJson(value: string): boolean {
  try {
    return typeof JSON.parse(value) === 'object'
  } catch {
    return false
  }
}

/** Rows of which a part is missing, or whose name is none. */
export function headerFaults(pointer: string, rows: readonly Row[]): Faults {
  const filled = rows.filter(isFilled)
  return Object.fromEntries(
    filled.flatMap(({ name, value, isStored, isSecret }, index) => [
      [
        `${pointer}/${index}/name`,
        FIELD_NAME.test(name.trim()) ? undefined : text('headerNameInvalid'),
      ],
      [
        `${pointer}/${index}/value`,
        isSecret && value === '' && !isStored ? text('needed') : undefined,
      ],
    ]),
  )
}

type ValueTerms = {
  readonly draft: Draft
  readonly values: Values
  /** Undefined where nothing is stored, or what is may not be kept. */
  readonly stored: Connection | undefined
  /** What is said where a secret is missing. */
  readonly missing?: string
}

/** What is missing of the values of a connection. */
export function valueFaults({ draft, values, stored, missing }: ValueTerms): Faults {
  const fields = shownFields(draft.kind, draft.settings).filter(({ of }) => of === 'connection')
  return {
    ...headerFaults('headers', values.headers),
    ...Object.assign(
      {},
      ...fields.map((field) => valueFault(field, { draft, values, stored, missing })),
    ),
  }
}

function valueFault(field: Field, { values, stored, missing }: ValueTerms): Faults {
  const { name, control, isOptional, isSentEmpty } = field
  const pointer = `auth/${name}`
  if (control === 'entries') {
    return values.entries.some(isFilled)
      ? headerFaults(pointer, values.entries)
      : { [pointer]: missing ?? text('entriesNeeded') }
  }
  const value = values.fields[name] ?? ''
  const isThere = value !== '' || isOptional === true
  if (control === 'secret') {
    // An empty password is one, where the kind allows it; but not by mistake, in the place of one that was there.
    const mayBeEmpty = isSentEmpty === true && missing === undefined
    const isGood = isThere || mayBeEmpty || isKept(name, values, stored)
    return { [pointer]: isGood ? undefined : (missing ?? text('needed')) }
  }
  return { [pointer]: isThere ? undefined : text('needed') }
}
