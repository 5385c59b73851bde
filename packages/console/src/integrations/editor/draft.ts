import { localOfInstant } from '../../components/local-time.ts'
import type { AuthKind, Connection, Integration, Settings } from '../integration.ts'
import { fieldsOf } from '../kinds.ts'
import { newRow, type Row, rowsOfHeaders } from './rows.ts'

/** The media types that have a name of their own. */
export const contentTypes = ['json', 'xml', 'form', 'other'] as const
export type ContentChoice = (typeof contentTypes)[number]

/** An integration while it is typed. Fields of every kind are kept, so that nothing typed is lost between them. */
export type Draft = {
  readonly name: string
  readonly notes: string
  readonly environment: 'production' | 'test'
  readonly baseUrl: string
  readonly contentChoice: ContentChoice
  readonly otherContentType: string
  readonly headers: readonly Row[]
  readonly kind: AuthKind
  /** Settings of all kinds, by name, as text. */
  readonly settings: Readonly<Record<string, string>>
  readonly extraParameters: readonly Row[]
  readonly organizationSpecific: boolean
  readonly sharedFallback: boolean
}

/** The values of one connection while they are typed. */
export type Values = {
  /** User names and the like, and the secrets that are typed now. */
  readonly fields: Readonly<Record<string, string>>
  readonly entries: readonly Row[]
  /** The stored secrets that are being replaced. */
  readonly replaced: readonly string[]
  readonly headers: readonly Row[]
  /** A date, as its field holds it; empty for none. */
  readonly expiresOn: string
}

const allFields = Object.values(fieldsOf).flat()

/** What stands in the fields before anybody types. */
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

/** An integration as it stands, to be changed. */
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

/** A copy of an integration without anything that only it may know. */
export function copyOf(integration: Integration, name: string): Draft {
  const draft = draftOf(integration)
  return {
    ...draft,
    name,
    headers: draft.headers.map((row) => ({ ...row, isStored: false })),
  }
}

/** The values that are stored, for whoever changes them: without the secrets, which nobody is shown. */
export function valuesOf(
  connection: Connection | undefined,
  settings: Settings,
  timeZone?: string,
): Values {
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

/** Settings as their fields hold them. */
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
