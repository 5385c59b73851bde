import { localOfInstant } from '../../components/local-time.ts'
import { fieldsOf } from '../authentication-types.ts'
import type { AuthKind, Connection, Integration, Settings } from '../integration.ts'
import { newRow, type Row, rowsOfHeaders } from './rows.ts'

/** The content types with a short name in the management API. */
export const contentTypes = ['json', 'xml', 'form', 'other'] as const
export type ContentChoice = (typeof contentTypes)[number]

/** The unsaved input for an integration. Fields of all authentication types are kept while the type is switched. */
export type Draft = {
  readonly name: string
  readonly notes: string
  readonly environment: 'production' | 'test'
  readonly baseUrl: string
  readonly contentChoice: ContentChoice
  readonly otherContentType: string
  readonly headers: readonly Row[]
  readonly kind: AuthKind
  /** Settings of all authentication types as text, by name. */
  readonly settings: Readonly<Record<string, string>>
  readonly extraParameters: readonly Row[]
  readonly organizationSpecific: boolean
  readonly sharedFallback: boolean
}

/** The unsaved input for a connection. */
export type CredentialInput = {
  /** Settings such as usernames, and newly entered secrets. */
  readonly fields: Readonly<Record<string, string>>
  readonly entries: readonly Row[]
  /** The names of stored secrets to replace. */
  readonly replaced: readonly string[]
  readonly headers: readonly Row[]
  /** The value of a date field; empty for none. */
  readonly expiresOn: string
}

const allFields = Object.values(fieldsOf).flat()

/** The initial values of all fields. */
const initialSettings: Readonly<Record<string, string>> = Object.fromEntries(
  allFields.map(({ name, initial = '' }) => [name, initial]),
)

export function emptyDraft(environment: Draft['environment']): Draft {
  return {
    name: '',
    notes: '',
    environment,
    baseUrl: '',
    contentChoice: 'json',
    otherContentType: '',
    headers: [],
    kind: 'bearer',
    settings: initialSettings,
    extraParameters: [],
    organizationSpecific: false,
    sharedFallback: false,
  }
}

/** Returns a draft of a stored integration. */
export function draftOf(integration: Integration): Draft {
  const { contentType, auth } = integration
  const choice = contentTypes.find((known) => known === contentType)
  return {
    name: integration.name,
    notes: integration.notes,
    environment: integration.environment,
    baseUrl: integration.baseUrl,
    contentChoice: choice ?? 'other',
    otherContentType: choice === undefined ? contentType : '',
    headers: rowsOfHeaders(integration.headers),
    kind: auth.kind,
    settings: { ...initialSettings, ...textsOf(auth) },
    extraParameters: rowsOfPairs(auth['extraParameters']),
    organizationSpecific: integration.organizationSpecific,
    sharedFallback: integration.sharedFallback,
  }
}

/** Returns a draft that copies an integration without its secrets. */
export function copyOf(integration: Integration, name: string): Draft {
  const draft = draftOf(integration)
  return {
    ...draft,
    name,
    headers: draft.headers.map((row) => ({ ...row, isStored: false })),
  }
}

/** Returns the editable input of a stored connection. The server never returns secrets. */
export function credentialInputOf(
  connection: Connection | undefined,
  settings: Settings,
  timeZone?: string,
): CredentialInput {
  const expiresAt = connection?.expiresAt ?? null
  return {
    fields: textsOf({ ...settings, ...connection?.auth }),
    entries: (connection?.auth.entries ?? []).map(({ name }) =>
      newRow({ name, isSecret: true, isStored: true }),
    ),
    replaced: [],
    headers: rowsOfHeaders(connection?.headers ?? []),
    expiresOn: expiresAt === null ? '' : localOfInstant(expiresAt, timeZone).slice(0, 10),
  }
}

/** Converts settings to field values. */
function textsOf(auth: Settings): Record<string, string> {
  return Object.fromEntries(
    allFields
      .filter(({ name, control }) => auth[name] !== undefined && control !== 'secret')
      .map(({ name }) => [name, textOf(auth[name])]),
  )
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.join(' ')
  return JSON.stringify(value, null, 2)
}

function rowsOfPairs(value: unknown): readonly Row[] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([name, one]) => newRow({ name, value: String(one) }))
    : []
}
