import { type ExpiryChoice, type ExpiryPolicy, expiryWithin } from './expiry.ts'

/** What a credential is for. It decides what the form suggests, and nothing else. */
export const purposes = ['system', 'partner', 'agent', 'trial'] as const
export type Purpose = (typeof purposes)[number]

/** What one has filled in so far. */
export type Draft = {
  readonly purpose: Purpose | undefined
  readonly name: string
  readonly notes: string
  readonly expiry: ExpiryChoice
  /** The date and time of one's own, as their fields hold them. */
  readonly date: string
  readonly time: string
  readonly apiId: string
  readonly permissions: ReadonlySet<string>
  readonly kind: 'scoped' | 'full_access'
  readonly environment: 'production' | 'test'
}

/** A field that a purpose suggests something for. */
export type SuggestedField = 'expiry' | 'permissions' | 'environment'

/** What a purpose suggests; undefined: what the form would suggest without one. */
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

/** Fills in what a purpose suggests, but for what one has chosen oneself. */
export function suggest(
  draft: Draft,
  purpose: Purpose,
  given: {
    readonly own: ReadonlySet<SuggestedField>
    readonly policy: ExpiryPolicy
    readonly environment: Draft['environment']
    /** The permissions that only read. */
    readonly reading: ReadonlySet<string>
  },
): Draft {
  const { own, policy, environment, reading } = given
  const {
    lifetimeDays = policy.defaultLifetimeDays,
    isReadOnly = false,
    ...rest
  } = suggestions[purpose]
  return {
    ...draft,
    purpose,
    ...(own.has('expiry') ? {} : { expiry: expiryWithin(lifetimeDays, policy) }),
    ...(own.has('permissions') ? {} : { permissions: isReadOnly ? reading : new Set<string>() }),
    ...(own.has('environment') ? {} : { environment: rest.environment ?? environment }),
  }
}
