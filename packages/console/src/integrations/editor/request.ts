import type { Arguments, routes } from '@keyporter/contract'
import { instantOfLocal } from '../../components/local-time.ts'
import { type Field, fieldsOf } from '../authentication-types.ts'
import type { AuthKind, Connection, Settings } from '../integration.ts'
import type { CredentialInput, Draft } from './draft.ts'
import { headersOfRows, isFilled } from './rows.ts'

type NewIntegration = Arguments<typeof routes.integrations.create>
type NewConnection = Arguments<typeof routes.connections.put>

/** Returns the fields of an authentication type that apply to its settings. */
export function shownFields(kind: AuthKind, settings: Draft['settings']): readonly Field[] {
  return fieldsOf[kind].filter(
    ({ onlyWith }) => onlyWith === undefined || settings[onlyWith.field] === onlyWith.value,
  )
}

/** Builds the request body of an integration. */
export function integrationBody(draft: Draft, stored: Settings | undefined): NewIntegration {
  return {
    name: draft.name.trim(),
    notes: draft.notes,
    baseUrl: draft.baseUrl.trim(),
    environment: draft.environment,
    contentType:
      draft.contentChoice === 'other' ? draft.otherContentType.trim() : draft.contentChoice,
    headers: headersOfRows(draft.headers),
    auth: settingsBody(draft, stored),
    organizationSpecific: draft.organizationSpecific,
    sharedFallback: draft.organizationSpecific && draft.sharedFallback,
  }
}

/** Returns the properties that changed. */
export function changesOf(next: NewIntegration, before: NewIntegration): Partial<NewIntegration> {
  return Object.fromEntries(
    Object.entries(next).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, name)),
    ),
  )
}

function settingsBody(draft: Draft, stored: Settings | undefined): NewIntegration['auth'] {
  const { kind, settings } = draft
  const fields = shownFields(kind, settings)
  // API clients can store connection fields in the integration; they are kept there.
  const kept = fieldsOf[kind]
    .filter(({ of, name }) => of === 'connection' && stored?.[name] !== undefined)
    .filter(() => stored?.['kind'] === kind)
    .map(({ name }) => [name, stored?.[name]])
  const typed = fields
    .filter(({ of, control }) => of === 'integration' && control !== 'pairs')
    .filter(({ name, isSentEmpty }) => isSentEmpty === true || (settings[name] ?? '') !== '')
    .map((field) => [field.name, encode(field, settings[field.name] ?? '')])
  const pairs = fields.some(({ control }) => control === 'pairs')
    ? draft.extraParameters.filter(isFilled).map(({ name, value }) => [name.trim(), value])
    : []
  const auth = {
    kind,
    ...Object.fromEntries([...kept, ...typed]),
    ...(pairs.length === 0 ? {} : { extraParameters: Object.fromEntries(pairs) }),
  }
  // safe because the server validates every field and reports invalid ones
  return auth as NewIntegration['auth']
}

type ConnectionTerms = {
  readonly kind: AuthKind
  readonly credentials: CredentialInput
  /** The stored connection; undefined if there is none or its secrets cannot be kept. */
  readonly stored: Connection | undefined
  /** The settings of the integration. Equal values are not sent again. */
  readonly settings: Settings
  readonly timeZone: string | undefined
}

/** Builds the request body of a connection; null keeps a stored secret. */
export function connectionBody(
  terms: ConnectionTerms,
): Pick<NewConnection, 'auth' | 'headers' | 'expiresAt'> {
  const { kind, credentials, stored, settings, timeZone } = terms
  const own = fieldsOf[kind].filter(({ of }) => of === 'connection')
  const names = new Set(own.map(({ name }) => name))
  const kept = Object.entries(stored?.kind === kind ? stored.auth : {}).filter(
    ([name]) => name !== 'kind' && !names.has(name),
  )
  const typed = own.flatMap((field): [string, unknown][] => {
    const { name, control, isSentEmpty } = field
    if (control === 'entries') return [[name, entriesBody(credentials)]]
    const value = credentials.fields[name] ?? ''
    if (control === 'secret' && isKept(name, credentials, stored)) return [[name, null]]
    if (control !== 'secret' && value === settings[name] && stored?.auth[name] === undefined) {
      return []
    }
    return value === '' && isSentEmpty !== true ? [] : [[name, value]]
  })
  const auth = { kind, ...Object.fromEntries([...kept, ...typed]) }
  return {
    auth,
    headers: headersOfRows(credentials.headers),
    expiresAt: instantOfLocal(`${credentials.expiresOn}T23:59`, timeZone) ?? null,
  }
}

/** Returns whether a stored secret is kept. */
export function isKept(
  name: string,
  credentials: CredentialInput,
  stored: Connection | undefined,
): boolean {
  return stored?.secrets.includes(name) === true && !credentials.replaced.includes(name)
}

function entriesBody({ entries }: CredentialInput) {
  return entries.filter(isFilled).map(({ name, value, isStored }) => ({
    name: name.trim(),
    value: isStored && value === '' ? null : value.trim(),
  }))
}

/** Converts the text of a field to its value in the management API. */
export function encode({ control, name }: Field, text: string): unknown {
  if (control === 'words') return text.split(/\s+/).filter((word) => word !== '')
  if (control === 'number') return Number(text)
  if (control === 'recipe') return JSON.parse(text)
  return name === 'prefix' || control === 'lines' ? text : text.trim()
}
