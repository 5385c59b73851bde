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

/** Error messages by the JSON pointer that the server would use. */
export type Faults = Readonly<Record<string, string | undefined>>

/** Validates an integration before it is sent. */
export function draftFaults(draft: Draft): Faults {
  const address = addressFault(draft.baseUrl, true)
  const fields = shownFields(draft.kind, draft.settings).filter(({ of }) => of === 'integration')
  return {
    ...validateNameAndNotes(draft),
    baseUrl:
      draft.baseUrl.trim() === '' ? text('baseUrlRequired') : address && text(`url.${address}`),
    contentType:
      draft.contentChoice === 'other' && draft.otherContentType.trim() === ''
        ? text('contentTypeRequired')
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
  // With organization-specific credentials, each connection can provide the setting.
  const isNeeded = isOptional !== true && isSentEmpty !== true && !draft.organizationSpecific
  if (value === '') return isNeeded && control !== 'pairs' ? text('required') : undefined
  if (control === 'url') {
    const fault = addressFault(value)
    return fault && text(`url.${fault}`)
  }
  if (control === 'number') return /^\d{1,8}$/.test(value) ? undefined : text('numberInvalid')
  return control === 'recipe' && !isJson(value) ? text('recipeInvalid') : undefined
}

function isJson(value: string): boolean {
  try {
    return typeof JSON.parse(value) === 'object'
  } catch {
    return false
  }
}

/** Validates header rows. */
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
        isSecret && value === '' && !isStored ? text('required') : undefined,
      ],
    ]),
  )
}

type ValueTerms = {
  readonly draft: Draft
  readonly values: Values
  /** Undefined if nothing is stored, or if stored secrets cannot be kept. */
  readonly stored: Connection | undefined
  /** The message for a missing secret. */
  readonly missing?: string
}

/** Validates the credentials of a connection. */
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
      : { [pointer]: missing ?? text('headerRequired') }
  }
  const value = values.fields[name] ?? ''
  const isThere = value !== '' || isOptional === true
  if (control === 'secret') {
    // An empty password is valid if the type allows it, but must not replace a stored one by mistake.
    const mayBeEmpty = isSentEmpty === true && missing === undefined
    const isGood = isThere || mayBeEmpty || isKept(name, values, stored)
    return { [pointer]: isGood ? undefined : (missing ?? text('required')) }
  }
  return { [pointer]: isThere ? undefined : text('required') }
}
