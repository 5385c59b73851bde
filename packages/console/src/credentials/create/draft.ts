import { type ExpiryChoice, type ExpiryPolicy, expiryWithin } from './expiry.ts'

/** The purposes of a credential. A purpose only sets defaults. */
export const purposes = ['system', 'partner', 'agent', 'trial'] as const
export type Purpose = (typeof purposes)[number]

/** The unsaved input of the form. */
export type Draft = {
  readonly purpose: Purpose | undefined
  readonly name: string
  readonly notes: string
  readonly expiry: ExpiryChoice
  /** The values of the custom date and time fields. */
  readonly date: string
  readonly time: string
  readonly apiId: string
  readonly permissions: ReadonlySet<string>
  readonly kind: 'scoped' | 'full_access'
  readonly environment: 'production' | 'test'
}

/** A field for which a purpose sets a default. */
export type SuggestedField = 'expiry' | 'permissions' | 'environment'

/** The defaults of a purpose. Undefined keeps the default of the form. */
type Suggestion = {
  readonly lifetimeDays?: number
  readonly isReadOnly?: boolean
  readonly environment?: 'test'
}

const suggestions: Readonly<Record<Purpose, Suggestion>> = {
  system: {},
  partner: {},
  agent: { lifetimeDays: 30, isReadOnly: true },
  trial: { lifetimeDays: 7, environment: 'test' },
}

/** Applies the defaults of a purpose, except to fields that the member set. */
export function suggest(
  draft: Draft,
  purpose: Purpose,
  given: {
    readonly edited: ReadonlySet<SuggestedField>
    readonly policy: ExpiryPolicy
    readonly environment: Draft['environment']
    /** The read permissions of the API. */
    readonly reading: ReadonlySet<string>
  },
): Draft {
  const { edited, policy, environment, reading } = given
  const {
    lifetimeDays = policy.defaultLifetimeDays,
    isReadOnly = false,
    ...rest
  } = suggestions[purpose]
  return {
    ...draft,
    purpose,
    ...(edited.has('expiry') ? {} : { expiry: expiryWithin(lifetimeDays, policy) }),
    ...(edited.has('permissions') ? {} : { permissions: isReadOnly ? reading : new Set<string>() }),
    ...(edited.has('environment') ? {} : { environment: rest.environment ?? environment }),
  }
}
