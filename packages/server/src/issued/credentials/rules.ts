import { addCalendarYears } from '@keyporter/protocol'
import type { Policy } from '../../identity/organizations/index.ts'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { type ApiSummary, type GrantTerms, grantableScopes, withinCeiling } from '../apis/index.ts'

/** What a credential is at an instant. */
export type CredentialStatus = 'active' | 'suspended' | 'expired' | 'revoked'

/** Every status. */
export const credentialStatuses = [
  'active',
  'suspended',
  'expired',
  'revoked',
] as const satisfies readonly CredentialStatus[]

/** `scoped`: the permissions of its list; `full_access`: every one of its api, at any time. */
export type CredentialKind = 'scoped' | 'full_access'

/** The instants that decide a status; null where it did not happen. */
export type Lifetime = {
  readonly createdAt: number
  readonly expiresAt: number
  readonly suspendedAt: number | null
  readonly revokedAt: number | null
}

/**
 * Status at an instant. Revocation outranks everything because it is final; a credential is expired at
 * the very instant of its expiry.
 */
export function statusAt(credential: Omit<Lifetime, 'createdAt'>, nowMs: number): CredentialStatus {
  if (credential.revokedAt !== null) return 'revoked'
  if (credential.suspendedAt !== null) return 'suspended'
  return credential.expiresAt <= nowMs ? 'expired' : 'active'
}

/** When a credential stopped being usable for good, and for how long it lived until then or until now. */
export function lifespanAt(
  { createdAt, expiresAt, revokedAt }: Lifetime,
  nowMs: number,
): { readonly endedAt: number | null; readonly activeSeconds: number } {
  const end = Math.min(revokedAt ?? expiresAt, expiresAt)
  const endedAt = end <= nowMs || revokedAt !== null ? end : null
  const activeMs = Math.max(0, (endedAt ?? nowMs) - createdAt)
  return { endedAt, activeSeconds: Math.floor(activeMs / 1_000) }
}

/**
 * Requires a credential that can still be changed: neither revoked nor expired.
 *
 * @throws {AppError} `credential_not_modifiable`
 */
export function requireModifiable(credential: Omit<Lifetime, 'createdAt'>, nowMs: number): void {
  const status = statusAt(credential, nowMs)
  if (status !== 'revoked' && status !== 'expired') return
  throw new AppError('credential_not_modifiable', { detail: `This credential is ${status}.` })
}

const DAY_MS = 86_400_000

/** From when a credential counts, what its organization allows, and the present instant. */
export type ExpiryTerms = {
  readonly createdAt: number
  readonly nowMs: number
  readonly policy: Pick<Policy, 'defaultLifetimeDays' | 'maxLifetimeDays'>
}

/**
 * The expiry that is asked for, or the policy's default. It lies in the future and at most one calendar
 * year, and the policy's longest lifetime, after the creation; that instant itself is allowed. Days are
 * 24 hours in UTC; a year from 29 February ends on 28 February.
 *
 * @throws {AppError} `invalid_request` at `/expiresAt`
 */
export function requireExpiry(asked: number | undefined, terms: ExpiryTerms): number {
  const { createdAt, nowMs, policy } = terms
  const latest = Math.min(
    addCalendarYears(createdAt, 1),
    createdAt + policy.maxLifetimeDays * DAY_MS,
  )
  if (asked === undefined) return Math.min(createdAt + policy.defaultLifetimeDays * DAY_MS, latest)
  if (asked <= nowMs) throw expiryProblem('too_small', 'The expiry must lie in the future')
  if (asked > latest) {
    throw expiryProblem('too_big', 'The expiry is later than the longest lifetime allows')
  }
  return asked
}

/** The permissions of a list, or `all`: every one that the api lists today. */
export type AskedPermissions = 'all' | readonly string[]

/** What bounds the permissions of a credential: its api's table, and its organization's ceiling. */
export type PermissionTerms = {
  readonly api: Pick<ApiSummary, 'scopes'>
  readonly ceiling: readonly string[] | null
}

/**
 * The permissions that a scoped credential gets, each once, in the order of the api's table. `all` is
 * all of the table within the ceiling.
 *
 * @throws {AppError} `invalid_request` at the permission that the table or the ceiling does not have
 */
export function requirePermissionList(
  asked: AskedPermissions | undefined,
  { api, ceiling }: PermissionTerms,
): readonly string[] {
  if (asked === undefined) throw fieldProblem('/permissions', 'required', 'Required')
  const allowed = withinCeiling(api.scopes, ceiling)
  if (asked === 'all') {
    if (allowed.length > 0) return allowed
    throw fieldProblem(
      '/permissions',
      'above_ceiling',
      'The organization may grant none of this api',
    )
  }
  const listed = new Set(api.scopes)
  const within = new Set(allowed)
  const problems = asked.flatMap((name, at): FieldProblem[] => {
    const pointer = `/permissions/${at}`
    if (!listed.has(name)) {
      return [{ pointer, code: 'unknown_permission', detail: 'The api has no such permission' }]
    }
    if (within.has(name)) return []
    return [{ pointer, code: 'above_ceiling', detail: 'Above what the organization may grant' }]
  })
  if (problems.length > 0) throw invalid(problems)
  const names = new Set(asked)
  return api.scopes.filter((name) => names.has(name))
}

/**
 * Requires that a full-access credential is asked for as such: it has no list of its own, and there is
 * no ceiling that it would outgrow.
 *
 * @throws {AppError} `invalid_request`
 */
export function requireFullAccess(
  asked: AskedPermissions | undefined,
  ceiling: readonly string[] | null,
): void {
  if (asked !== undefined && asked !== 'all') {
    throw fieldProblem(
      '/permissions',
      'invalid',
      'A full-access credential has no list of permissions',
    )
  }
  if (ceiling === null) return
  throw fieldProblem(
    '/kind',
    'above_ceiling',
    'The organization has a ceiling that full access would exceed',
  )
}

/**
 * Requires a credential whose permissions are a list of its own.
 *
 * @throws {AppError} `invalid_request`
 */
export function requireScoped(credential: { readonly kind: CredentialKind }): void {
  if (credential.kind === 'scoped') return
  throw fieldProblem(
    '/permissions',
    'invalid',
    'A full-access credential has no list of permissions',
  )
}

/**
 * Requires that a caller may give what it gives.
 *
 * @throws {AppError} `cannot_grant` naming what is missing
 */
export function requireGrantable(
  api: Pick<ApiSummary, 'builtIn' | 'scopes'>,
  granted: readonly string[],
  terms: GrantTerms,
): void {
  const grantable = new Set(grantableScopes(api, terms))
  const missing = granted.filter((name) => !grantable.has(name))
  if (missing.length === 0) return
  throw new AppError('cannot_grant', {
    detail: `You do not hold ${missing.join(', ')}.`,
    requiredPermissions: missing,
  })
}

/**
 * What a credential may do with its api as that is now, in the order of the table: everything with full
 * access, else its list as far as the table still has it.
 */
export function currentPermissions(
  credential: { readonly kind: CredentialKind; readonly permissions: readonly string[] },
  api: Pick<ApiSummary, 'scopes'>,
): readonly string[] {
  if (credential.kind === 'full_access') return api.scopes
  const held = new Set(credential.permissions)
  return api.scopes.filter((name) => held.has(name))
}

function expiryProblem(code: string, detail: string): AppError {
  return fieldProblem('/expiresAt', code, detail)
}

function fieldProblem(pointer: string, code: string, detail: string): AppError {
  return invalid([{ pointer, code, detail }])
}

function invalid(fields: readonly FieldProblem[]): AppError {
  const [first] = fields
  return new AppError('invalid_request', {
    detail: first === undefined ? 'Not valid.' : `${first.pointer}: ${first.detail}.`,
    fields,
  })
}
