import { addCalendarYears, formatInstant } from '@keyporter/protocol'
import type { Policy } from '../../identity/organizations/index.ts'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { type ApiSummary, type GrantTerms, grantableScopes, withinCeiling } from '../apis/index.ts'

/** The status of a credential at an instant. */
export type CredentialStatus = 'active' | 'suspended' | 'expired' | 'revoked'

/** All statuses. */
export const credentialStatuses = [
  'active',
  'suspended',
  'expired',
  'revoked',
] as const satisfies readonly CredentialStatus[]

/** `scoped`: a fixed list of permissions. `full_access`: all current permissions of the API. */
export type CredentialKind = 'scoped' | 'full_access'

/** The instants that determine the status; null when the event did not happen. */
export type Lifetime = {
  readonly createdAt: number
  readonly expiresAt: number
  readonly suspendedAt: number | null
  readonly revokedAt: number | null
}

/**
 * Returns the status at an instant. Revocation takes precedence because it is permanent. A credential is expired
 * from the exact instant of its expiry.
 */
export function statusAt(credential: Omit<Lifetime, 'createdAt'>, nowMs: number): CredentialStatus {
  if (credential.revokedAt !== null) return 'revoked'
  if (credential.suspendedAt !== null) return 'suspended'
  return credential.expiresAt <= nowMs ? 'expired' : 'active'
}

/** Returns the end of a credential's lifetime (null while it is active) and its age until then. */
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
 * Requires a credential that is neither revoked nor expired.
 *
 * @throws {AppError} `credential_not_modifiable`
 */
export function requireModifiable(credential: Omit<Lifetime, 'createdAt'>, nowMs: number): void {
  const status = statusAt(credential, nowMs)
  if (status !== 'revoked' && status !== 'expired') return
  throw new AppError('credential_not_modifiable', {
    detail: `This credential is ${status} and cannot be changed. Create a new one.`,
  })
}

const DAY_MS = 86_400_000

/** The input of {@link requireExpiry}: creation time, current time and the organization's policy. */
export type ExpiryTerms = {
  readonly createdAt: number
  readonly nowMs: number
  readonly policy: Pick<Policy, 'defaultLifetimeDays' | 'maxLifetimeDays'>
}

/**
 * Returns the requested expiry, or the policy's default. An expiry must be in the future. It must not be later than
 * one calendar year after the creation, nor later than the policy's maximum lifetime; both limits are inclusive.
 * Days are 24 hours in UTC. A year from 29 February ends on 28 February.
 *
 * @throws {AppError} `invalid_request` at `/expiresAt`
 */
export function requireExpiry(requested: number | undefined, terms: ExpiryTerms): number {
  const { createdAt, nowMs, policy } = terms
  const latest = Math.min(
    addCalendarYears(createdAt, 1),
    createdAt + policy.maxLifetimeDays * DAY_MS,
  )
  if (requested === undefined)
    return Math.min(createdAt + policy.defaultLifetimeDays * DAY_MS, latest)
  if (requested <= nowMs) throw expiryProblem('too_small', 'Must be in the future')
  if (requested > latest) {
    throw expiryProblem('too_big', `Must not be later than ${formatInstant(latest)}`)
  }
  return requested
}

/** Requested permissions. `all`: all current permissions of the API. */
export type RequestedPermissions = 'all' | readonly string[]

/** The limits of a credential's permissions: the API's permission table and the organization's ceiling. */
export type PermissionTerms = {
  readonly api: Pick<ApiSummary, 'scopes'>
  readonly ceiling: readonly string[] | null
}

/**
 * Returns the permissions of a scoped credential without duplicates, in the order of the API's table. `all` means
 * the whole table within the ceiling.
 *
 * @throws {AppError} `invalid_request` pointing at each permission outside the table or the ceiling
 */
export function requirePermissionList(
  requested: RequestedPermissions | undefined,
  { api, ceiling }: PermissionTerms,
): readonly string[] {
  if (requested === undefined) throw fieldProblem('/permissions', 'required', 'Required')
  const allowed = withinCeiling(api.scopes, ceiling)
  if (requested === 'all') {
    if (allowed.length > 0) return allowed
    throw fieldProblem(
      '/permissions',
      'above_ceiling',
      "The organization's ceiling allows no permission of this API",
    )
  }
  const listed = new Set(api.scopes)
  const within = new Set(allowed)
  const problems = requested.flatMap((name, at): FieldProblem[] => {
    const pointer = `/permissions/${at}`
    if (!listed.has(name)) {
      return [{ pointer, code: 'unknown_permission', detail: 'Not a permission of the API' }]
    }
    if (within.has(name)) return []
    return [{ pointer, code: 'above_ceiling', detail: "Not allowed by the organization's ceiling" }]
  })
  if (problems.length > 0) throw invalid(problems)
  const names = new Set(requested)
  return api.scopes.filter((name) => names.has(name))
}

/**
 * Requires a valid request for a full-access credential: without a permission list, and in an organization without
 * a ceiling, because permissions added to the API later could exceed it.
 *
 * @throws {AppError} `invalid_request`
 */
export function requireFullAccess(
  requested: RequestedPermissions | undefined,
  ceiling: readonly string[] | null,
): void {
  if (requested !== undefined && requested !== 'all') {
    throw fieldProblem(
      '/permissions',
      'invalid',
      'Must be omitted or `all` for a full-access credential',
    )
  }
  if (ceiling === null) return
  throw fieldProblem(
    '/kind',
    'above_ceiling',
    "Full access could exceed the organization's permission ceiling",
  )
}

/**
 * Requires a scoped credential, which has a permission list.
 *
 * @throws {AppError} `invalid_request`
 */
export function requireScoped(credential: { readonly kind: CredentialKind }): void {
  if (credential.kind === 'scoped') return
  throw fieldProblem('/permissions', 'invalid', 'A full-access credential has no permission list')
}

/**
 * Requires that the caller can grant the permissions.
 *
 * @throws {AppError} `cannot_grant` naming the missing permissions
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
    detail: `You can grant only permissions that you have. Missing: ${missing.join(', ')}.`,
    requiredPermissions: missing,
  })
}

/**
 * Returns the current permissions of a credential, in the order of the API's table. Permissions that were removed
 * from the table do not count.
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
