import { type Draft, purposes } from './draft.ts'
import {
  type ExpiryChoice,
  type ExpiryPolicy,
  expiryWithin,
  offeredExpiries,
  type TypedExpiry,
  typedOf,
} from './expiry.ts'
import { DAY_MS } from './zoned-time.ts'

/** The query parameters that fill in the form. */
export type PrefillSearch = {
  readonly name?: string | undefined
  readonly notes?: string | undefined
  readonly for?: string | undefined
  readonly expires?: string | undefined
  readonly permissions?: string | undefined
  readonly api?: string | undefined
}

/** The fields of an API that links refer to. */
export type PrefillApi = {
  readonly id: string
  readonly slug: string
  readonly identifier: string
  readonly scopes: readonly string[]
  readonly grantable: readonly string[]
}

/** The values of a prefill link, and the values that are ignored. */
export type Prefill = {
  readonly values: Partial<Draft>
  /** Values that do not exist here. */
  readonly unknown: readonly string[]
  /** Permissions that exist, but that the member cannot grant. */
  readonly notGrantable: readonly string[]
}

type PrefillTerms = {
  readonly apis: readonly PrefillApi[]
  /** The API that is selected if the link names none. */
  readonly defaultApi: PrefillApi | undefined
  readonly policy: ExpiryPolicy
  readonly nowMs: number
  readonly timeZone: string
}

const names = ['name', 'notes', 'for', 'expires', 'permissions', 'api'] as const

/** Reads a prefill link; undefined if the URL has no prefill parameters. Ignored values are listed in the result. */
export function readPrefill(search: PrefillSearch, terms: PrefillTerms): Prefill | undefined {
  if (names.every((name) => (search[name] ?? '') === '')) return undefined
  const wanted = new Set((search.permissions ?? '').split(/[\s,]+/).filter((name) => name !== ''))
  const named = terms.apis.find((api) => isNamed(api, search.api))
  const api = (search.api ?? '') === '' ? (terms.defaultApi ?? apiOf(wanted, terms.apis)) : named
  const scopes = new Set(api?.scopes)
  const grantable = new Set(api?.grantable)
  const purpose = purposes.find((known) => known === search.for)
  const expiry = readExpiry(search.expires ?? '', terms)
  return {
    values: {
      ...(search.name === undefined ? {} : { name: search.name }),
      ...(search.notes === undefined ? {} : { notes: search.notes }),
      ...(purpose === undefined ? {} : { purpose }),
      ...expiry,
      ...(api === undefined ? {} : { apiId: api.id }),
      ...(wanted.size === 0
        ? {}
        : { permissions: new Set([...wanted].filter((name) => grantable.has(name))) }),
    },
    unknown: [
      ...[...wanted].filter((name) => !scopes.has(name)),
      ...unmatched(search.api, named),
      ...unmatched(search.for, purpose),
      ...unmatched(search.expires, expiry),
    ],
    notGrantable: [...wanted].filter((name) => scopes.has(name) && !grantable.has(name)),
  }
}

/** Returns the path and query of a link that fills in the same form. */
export function writePrefill(
  draft: Draft,
  { api, ms }: { readonly api: PrefillApi | undefined; readonly ms: number | undefined },
): string {
  const expires = draft.expiry === 'custom' ? customText(ms) : draft.expiry
  const values: Readonly<Record<string, string>> = {
    name: draft.name,
    for: draft.purpose ?? '',
    expires,
    permissions: (api?.scopes ?? []).filter((scope) => draft.permissions.has(scope)).join(','),
    notes: draft.notes,
    api: api?.slug ?? '',
    environment: draft.environment === 'test' ? 'test' : '',
  }
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''))
  return `/credentials/new?${query}`
}

function isNamed({ id, slug, identifier }: PrefillApi, name: string | undefined): boolean {
  return name !== undefined && [id, slug, identifier].includes(name)
}

/** Returns the first API that has all wanted permissions. */
function apiOf(wanted: ReadonlySet<string>, apis: readonly PrefillApi[]): PrefillApi | undefined {
  if (wanted.size === 0) return undefined
  return apis.find(({ scopes }) => [...wanted].every((name) => scopes.includes(name)))
}

function unmatched(asked: string | undefined, found: unknown): readonly string[] {
  return asked === undefined || asked === '' || found !== undefined ? [] : [asked]
}

function customText(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString()
}

const SPAN = /^(\d{1,3})d$/

/** Reads `90d`, `1y` or an instant. Other spans become a custom date; spans beyond the policy are shortened. */
function readExpiry(
  asked: string,
  { policy, nowMs, timeZone }: PrefillTerms,
): ({ readonly expiry: ExpiryChoice } & Partial<TypedExpiry>) | undefined {
  const offered = offeredExpiries(policy).find((choice) => choice === asked)
  if (offered !== undefined && offered !== 'custom') return { expiry: offered }
  const days = asked === '1y' ? 365 : Number(SPAN.exec(asked)?.[1] ?? Number.NaN)
  if (days > policy.maxLifetimeDays) return { expiry: expiryWithin(days, policy) }
  const ms = Number.isNaN(days) ? instantIn(asked) : nowMs + days * DAY_MS
  if (ms === undefined || ms <= nowMs) return undefined
  const { date, time } = typedOf(ms, timeZone)
  return { expiry: 'custom', date, time: Number.isNaN(days) ? time : LAST_TIME }
}

const LAST_TIME = '23:59'
/** An RFC 3339 instant with a time zone, or a date. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/

function instantIn(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined
  const ms = Date.parse(text.length === 10 ? `${text}T23:59:00Z` : text)
  return Number.isNaN(ms) ? undefined : ms
}
