import type { Credential } from '../credential.ts'
import { permissionRows, READ, setCells } from '../permissions/permission-rows.ts'
import { type Draft, type SuggestedField, suggest } from './draft.ts'
import { type ExpiryTerms, expiryWithin, latestExpiry, typedOf } from './expiry.ts'
import type { FormApi, FormOptions } from './form-options.ts'
import { type PrefillSearch, readPrefill } from './prefill.ts'
import { DAY_MS } from './zoned-time.ts'

/** The initial state of the form. */
export type Start = {
  readonly draft: Draft
  /** The fields that a purpose no longer changes. */
  readonly edited: ReadonlySet<SuggestedField>
  /** Whether a link or a copied credential filled in the form. */
  readonly isFilled: boolean
  readonly unknown: readonly string[]
  readonly notGrantable: readonly string[]
}

type StartTerms = {
  readonly options: FormOptions
  readonly terms: ExpiryTerms
  readonly search: PrefillSearch
  readonly environment: Draft['environment']
  /** Returns the name of a copy. */
  readonly nameCopy: (name: string) => string
}

/** Returns the initial state: empty, from a link, or as a copy of a credential. */
export function startForm(given: StartTerms): Start {
  const { options, terms, search, environment } = given
  const custom = options.apis.filter(({ builtIn }) => !builtIn)
  const defaultApi =
    custom.length === 0 ? options.apis[0] : custom.length === 1 ? custom[0] : undefined
  const empty: Draft = {
    purpose: undefined,
    name: '',
    notes: '',
    ...withDate(expiryWithin(terms.policy.defaultLifetimeDays, terms.policy), terms),
    apiId: defaultApi?.id ?? '',
    permissions: new Set(),
    kind: 'scoped',
    environment,
  }
  if (options.source !== undefined) return startCopy(options.source, empty, given)
  const filled = readPrefill(search, { ...terms, apis: options.apis, defaultApi })
  if (filled === undefined) {
    return { draft: empty, edited: new Set(), isFilled: false, unknown: [], notGrantable: [] }
  }
  const { values, unknown, notGrantable } = filled
  const chosen = options.apis.find(({ id }) => id === (values.apiId ?? empty.apiId))
  const fields = new Set<SuggestedField>([
    ...(values.expiry === undefined ? [] : (['expiry'] as const)),
    ...(values.permissions === undefined ? [] : (['permissions'] as const)),
  ])
  const suggested =
    values.purpose === undefined
      ? empty
      : suggest(empty, values.purpose, {
          edited: fields,
          policy: terms.policy,
          environment,
          reading: readingOf(chosen),
        })
  return {
    draft: { ...suggested, ...values },
    edited: fields,
    isFilled: true,
    unknown,
    notGrantable,
  }
}

/** Returns the read permissions of an API. */
export function readingOf(api: FormApi | undefined): ReadonlySet<string> {
  return api === undefined ? new Set() : setCells(new Set(), permissionRows(api), () => READ)
}

function startCopy(source: Credential, empty: Draft, given: StartTerms): Start {
  const { options, terms, nameCopy } = given
  const api = options.apis.find(({ id }) => id === source.apiId)
  const grantable = new Set(api?.grantable)
  const lifetimeMs = Date.parse(source.expiresAt) - Date.parse(source.createdAt)
  return {
    draft: {
      ...empty,
      name: nameCopy(source.name),
      notes: source.notes,
      ...withDate(expiryWithin(Math.round(lifetimeMs / DAY_MS), terms.policy), terms),
      apiId: api?.id ?? '',
      permissions: new Set(source.permissions.filter((name) => grantable.has(name))),
      kind: source.kind,
      environment: source.environment,
    },
    edited: new Set(['expiry', 'permissions', 'environment']),
    isFilled: true,
    unknown: [],
    notGrantable: source.permissions.filter((name) => !grantable.has(name)),
  }
}

/** Adds the initial date of a custom expiry: the latest valid one. */
function withDate(
  expiry: Draft['expiry'],
  terms: ExpiryTerms,
): Pick<Draft, 'expiry' | 'date' | 'time'> {
  if (expiry !== 'custom') return { expiry, date: '', time: '23:59' }
  return { expiry, ...typedOf(latestExpiry(terms), terms.timeZone) }
}
