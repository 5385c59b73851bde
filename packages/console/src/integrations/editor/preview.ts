import {
  type Auth,
  type AuthField,
  authenticateRequest,
  authFieldsOf,
  comparableFieldName,
  encodeUtf8,
  type Header,
  needsToken,
  type OutgoingRequest,
  readAuth,
  SigningError,
  trimTrailingSlashes,
} from '@keyporter/protocol'
import type { CredentialInput, Draft } from './draft.ts'
import { masked, previewContext, STAND_IN_SECRET, standInFor } from './preview-masks.ts'
import { encode, shownFields } from './request.ts'
import { isFilled } from './rows.ts'

type PreviewTerms = {
  readonly draft: Draft
  readonly credentials: CredentialInput
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The time of signatures. */
  readonly nowMs: number
}

/** A request as it would be sent. */
export type Preview = {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Why the request cannot be authenticated with this input. */
  readonly problem?: string
}

type Values = Readonly<Record<string, unknown>>

/** The names of media types in the management API. */
const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  form: 'application/x-www-form-urlencoded',
}

/** An origin for an incomplete base URL. */
const NO_ORIGIN = { origin: 'https://base-url.invalid', path: '', shown: 'https://…' }

/** Returns the request that an integration would send, with masked secrets. */
export function previewOf(terms: PreviewTerms): Preview {
  const { draft, credentials, method, path, nowMs } = terms
  const values = valuesOf(draft, credentials)
  const base = baseOf(draft, values)
  const [below = '', ...query] = (path.startsWith('/') ? path : `/${path}`).split('?')
  const request: OutgoingRequest = {
    method,
    origin: base.origin,
    path: `${base.path}${below}`,
    query: query.join('?'),
    headers: headersOf(terms),
    body: method === 'GET' ? { kind: 'none' } : { kind: 'bytes', bytes: encodeUtf8('{}') },
  }
  const { secrets, problem, ...sent } = authenticate(authOf(draft, values), request, nowMs)
  const target = sent.query === '' ? sent.path : `${sent.path}?${sent.query}`
  return {
    method,
    url: `${base.shown}${masked(target, secrets)}`,
    headers: sent.headers.map(({ name, value }) => [masked(name, []), masked(value, secrets)]),
    ...(problem === undefined ? {} : { problem }),
  }
}

type Sent = Pick<OutgoingRequest, 'path' | 'query' | 'headers'> & {
  readonly secrets: readonly string[]
  readonly problem?: string
}

/** Input that no server accepts is shown without authentication. */
function authenticate(auth: Auth | undefined, request: OutgoingRequest, nowMs: number): Sent {
  const { path, query, headers } = request
  if (auth === undefined) return { path, query, headers, secrets: [] }
  try {
    return authenticateRequest(auth, request, previewContext(nowMs))
  } catch (error) {
    const problem = error instanceof SigningError ? { problem: error.message } : {}
    return { path, query, headers, secrets: [], ...problem }
  }
}

/** Returns the authentication type with stand-ins for secrets and for missing fields. */
function authOf({ kind }: Draft, values: Values): Auth | undefined {
  if (!needsToken(kind)) return readAuth(kind, values)
  return readAuth('bearer', { ...values, token: STAND_IN_SECRET })
}

function valuesOf({ kind, settings }: Draft, credentials: CredentialInput): Values {
  const fields = authFieldsOf(kind)
  const shown = shownFields(kind, settings).flatMap((field): readonly [string, unknown][] => {
    const { name, of, control } = field
    if (control === 'entries') return [[name, entriesOf(credentials)]]
    if (control === 'secret') {
      const isTyped = (credentials.fields[name] ?? '') !== ''
      return field.isOptional && !isTyped ? [] : [[name, STAND_IN_SECRET]]
    }
    const typed = of === 'connection' ? credentials.fields[name] : undefined
    const text = typed || (settings[name] ?? '')
    if (text === '' && field.isSentEmpty !== true) return absent(name, fields[name])
    return [[name, parse(() => encode(field, text))]]
  })
  return Object.fromEntries(shown)
}

function absent(name: string, field: AuthField | undefined): readonly [string, unknown][] {
  const isText = field?.type === 'text' || field?.type === 'url'
  return isText && field.isRequired === true ? [[name, standInFor(name)]] : []
}

function entriesOf({ entries }: CredentialInput): readonly Header[] {
  return entries
    .filter(isFilled)
    .map(({ name }) => ({ name: name.trim() || standInFor('name'), value: STAND_IN_SECRET }))
}

/** A recipe that is not JSON is absent. */
function parse(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The order of the server: the integration's headers, then the connection's, which override them. */
function headersOf({ draft, credentials, method }: PreviewTerms): readonly Header[] {
  const contentType = mediaTypes[draft.contentChoice] ?? draft.otherContentType.trim()
  const own = rowsOf(credentials.headers)
  const integration = without(rowsOf(draft.headers), own)
  const defaults = method === 'POST' ? [{ name: 'Content-Type', value: contentType }] : []
  return [...without(defaults, [...integration, ...own]), ...integration, ...own]
}

function without(headers: readonly Header[], others: readonly Header[]): readonly Header[] {
  const names = new Set(others.map(({ name }) => comparableFieldName(name)))
  return headers.filter(({ name }) => !names.has(comparableFieldName(name)))
}

function rowsOf(rows: CredentialInput['headers']): readonly Header[] {
  return rows.filter(isFilled).map(({ name, value, isSecret }) => ({
    name: name.trim() || standInFor('name'),
    value: isSecret ? STAND_IN_SECRET : value.trim(),
  }))
}

/** Returns the base URL: a setting of the authentication type overrides that of the integration. */
function baseOf({ kind, baseUrl }: Draft, values: Values) {
  const override = Object.entries(authFieldsOf(kind)).find(
    ([name, { destination }]) => destination === 'base' && values[name] !== undefined,
  )
  const text = String(override === undefined ? baseUrl : values[override[0]]).trim()
  if (!URL.canParse(text))
    return text === '' ? NO_ORIGIN : { ...NO_ORIGIN, shown: trimTrailingSlashes(text) }
  const { origin, pathname } = new URL(text)
  return { origin, path: trimTrailingSlashes(pathname), shown: origin }
}
