import { FIELD_NAME } from '@keyporter/protocol'
import { validateNameAndNotes } from '../../components/validate-name-and-notes.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Field } from '../authentication-types.ts'
import type { Connection } from '../integration.ts'
import type { CredentialInput, Draft } from './draft.ts'
import { urlFault } from './endpoint.ts'
import messages from './messages.json'
import { isKept, shownFields } from './request.ts'
import { isFilled, type Row } from './rows.ts'

const text = catalogue(messages)

/** Error messages by the JSON pointer that the server would use. */
export type Faults = Readonly<Record<string, string | undefined>>

/** Validates an integration before it is sent. */
export function validateDraft(draft: Draft): Faults {
  const address = urlFault(draft.baseUrl, true)
  const fields = shownFields(draft.kind, draft.settings).filter(({ of }) => of === 'integration')
  return {
    ...validateNameAndNotes(draft),
    baseUrl:
      draft.baseUrl.trim() === '' ? text('baseUrlRequired') : address && text(`url.${address}`),
    contentType:
      draft.contentChoice === 'other' && draft.otherContentType.trim() === ''
        ? text('contentTypeRequired')
        : undefined,
    ...validateHeaders('headers', draft.headers),
    ...Object.fromEntries(
      fields.map((field) => [`auth/${field.name}`, validateSetting(field, draft)]),
    ),
  }
}

function validateSetting(field: Field, draft: Draft): string | undefined {
  const { name, control, isOptional, isSentEmpty } = field
  const value = (draft.settings[name] ?? '').trim()
  // With organization-specific credentials, each connection can provide the setting.
  const isNeeded = !isOptional && isSentEmpty !== true && !draft.organizationSpecific
  if (value === '') return isNeeded && control !== 'pairs' ? text('required') : undefined
  if (control === 'url') {
    const fault = urlFault(value)
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
export function validateHeaders(pointer: string, rows: readonly Row[]): Faults {
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

type CredentialTerms = {
  readonly draft: Draft
  readonly credentials: CredentialInput
  /** Undefined if nothing is stored, or if stored secrets cannot be kept. */
  readonly stored: Connection | undefined
  /** The message for a missing secret. */
  readonly missing?: string
}

/** Validates the credentials of a connection. */
export function validateCredentials({
  draft,
  credentials,
  stored,
  missing,
}: CredentialTerms): Faults {
  const fields = shownFields(draft.kind, draft.settings).filter(({ of }) => of === 'connection')
  return {
    ...validateHeaders('headers', credentials.headers),
    ...Object.assign(
      {},
      ...fields.map((field) => validateCredential(field, { draft, credentials, stored, missing })),
    ),
  }
}

function validateCredential(
  field: Field,
  { credentials, stored, missing }: CredentialTerms,
): Faults {
  const { name, control, isOptional, isSentEmpty } = field
  const pointer = `auth/${name}`
  if (control === 'entries') {
    return credentials.entries.some(isFilled)
      ? validateHeaders(pointer, credentials.entries)
      : { [pointer]: missing ?? text('headerRequired') }
  }
  const value = credentials.fields[name] ?? ''
  const isThere = value !== '' || isOptional
  if (control === 'secret') {
    // An empty password is valid if the type allows it, but must not replace a stored one by mistake.
    const mayBeEmpty = isSentEmpty === true && missing === undefined
    const isGood = isThere || mayBeEmpty || isKept(name, credentials, stored)
    return { [pointer]: isGood ? undefined : (missing ?? text('required')) }
  }
  return { [pointer]: isThere ? undefined : text('required') }
}
