import type { Feature, Input, ResponseBody, routes } from '@keyporter/contract'
import { isJsonObject } from '@keyporter/protocol'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { toSlug, withSuffix } from '../../kernel/slug.ts'

/** The parts of the product that are enabled for an organization. */
export type Features = Readonly<Record<Feature, boolean>>

/** The limits on an organization's credentials. */
export type Policy = Readonly<ResponseBody<typeof routes.organizations.get>['policy']>

type CreateBody = Input<typeof routes.organizations.create>['body']
type UpdateBody = Input<typeof routes.organizations.update>['body']

const DEFAULT_FEATURES: Features = { issued: true, stored: true, webhooks: true }

/** 366 days covers a leap year. No credential is valid for more than one calendar year in any case. */
const DEFAULT_POLICY: Policy = {
  defaultLifetimeDays: 90,
  maxLifetimeDays: 366,
  permissionCeiling: null,
}

/** Returns the features with the requested changes. */
export function mergeFeatures(
  requested: CreateBody['features'],
  current: Features = DEFAULT_FEATURES,
): Features {
  return {
    issued: requested?.issued ?? current.issued,
    stored: requested?.stored ?? current.stored,
    webhooks: requested?.webhooks ?? current.webhooks,
  }
}

/**
 * Returns the policy with the requested changes. A shorter maximum lifetime also shortens the default
 * lifetime, unless the request sets both.
 *
 * @throws {AppError} `invalid_request` when the requested default lifetime exceeds the maximum
 */
export function mergePolicy(
  requested: CreateBody['policy'],
  current: Policy = DEFAULT_POLICY,
): Policy {
  const maxLifetimeDays = requested?.maxLifetimeDays ?? current.maxLifetimeDays
  const { defaultLifetimeDays, permissionCeiling } = requested ?? {}
  if (defaultLifetimeDays !== undefined && defaultLifetimeDays > maxLifetimeDays) {
    throw invalid({
      pointer: '/policy/defaultLifetimeDays',
      code: 'too_big',
      detail: 'The default lifetime exceeds the maximum lifetime',
    })
  }
  return {
    defaultLifetimeDays:
      defaultLifetimeDays ?? Math.min(current.defaultLifetimeDays, maxLifetimeDays),
    maxLifetimeDays,
    permissionCeiling:
      permissionCeiling === undefined ? current.permissionCeiling : permissionCeiling,
  }
}

/**
 * Requires that callers other than the operator change only the name.
 *
 * @throws {AppError} `operator_only`
 */
export function requireCanChange(operator: boolean, { name: _name, ...rest }: UpdateBody): void {
  if (operator || Object.values(rest).every((value) => value === undefined)) return
  throw new AppError('operator_only', {
    detail: 'Only the operator can change features, policy and slug. Send the name alone.',
  })
}

const SLUG_SUFFIX_LENGTH = 6

/** Returns a slug for an organization's name. */
export function slugFromName(name: string): string {
  return toSlug(name, 'organization')
}

/** Returns the slug with the last characters of the organization's id, which make it unique. */
export function uniqueSlug(slug: string, organizationId: string): string {
  return withSuffix(slug, organizationId.slice(-SLUG_SUFFIX_LENGTH))
}

/** Parses the features column. A feature that is not listed is enabled, as for a new organization. */
export function parseFeatures(json: string): Features {
  const value: unknown = JSON.parse(json)
  if (!isJsonObject(value)) throw new TypeError('A stored features column does not parse')
  return {
    issued: value['issued'] !== false,
    stored: value['stored'] !== false,
    webhooks: value['webhooks'] !== false,
  }
}

/** Parses the policy column. */
export function parsePolicy(json: string): Policy {
  const value: unknown = JSON.parse(json)
  if (!isJsonObject(value)) throw new TypeError('A stored policy column does not parse')
  const { defaultLifetimeDays, maxLifetimeDays, permissionCeiling } = value
  return {
    defaultLifetimeDays: readDays(defaultLifetimeDays, DEFAULT_POLICY.defaultLifetimeDays),
    maxLifetimeDays: readDays(maxLifetimeDays, DEFAULT_POLICY.maxLifetimeDays),
    permissionCeiling: Array.isArray(permissionCeiling)
      ? permissionCeiling.filter((name) => typeof name === 'string')
      : null,
  }
}

function readDays(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}

function invalid(problem: FieldProblem): AppError {
  return new AppError('invalid_request', { detail: `${problem.detail}.`, fields: [problem] })
}
