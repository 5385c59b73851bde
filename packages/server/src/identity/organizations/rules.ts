import type { Feature, Input, ResponseBody, routes } from '@keyporter/contract'
import { isJsonObject } from '@keyporter/protocol'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { toSlug, withSuffix } from '../../kernel/slug.ts'

/** Which parts of the product an organization has. */
export type Features = Readonly<Record<Feature, boolean>>

/** What an organization's credentials may be. */
export type Policy = Readonly<ResponseBody<typeof routes.organizations.get>['policy']>

type CreateBody = Input<typeof routes.organizations.create>['body']
type UpdateBody = Input<typeof routes.organizations.update>['body']

/** Everything is on, unless the operator switches it off. */
const DEFAULT_FEATURES: Features = { issued: true, stored: true, webhooks: true }

/** 366 days: what a calendar year can have. The year itself bounds in any case. */
const DEFAULT_POLICY: Policy = {
  defaultLifetimeDays: 90,
  maxLifetimeDays: 366,
  permissionCeiling: null,
}

/** The features of an organization that asks for some of them. */
export function mergeFeatures(
  asked: CreateBody['features'],
  present: Features = DEFAULT_FEATURES,
): Features {
  return {
    issued: asked?.issued ?? present.issued,
    stored: asked?.stored ?? present.stored,
    webhooks: asked?.webhooks ?? present.webhooks,
  }
}

/**
 * The policy after some of it was asked for. A default lifetime that nobody asked for gives way to a
 * shorter maximum.
 *
 * @throws {AppError} `invalid_request` when the default that is asked for is longer than the maximum
 */
export function mergePolicy(asked: CreateBody['policy'], present: Policy = DEFAULT_POLICY): Policy {
  const maxLifetimeDays = asked?.maxLifetimeDays ?? present.maxLifetimeDays
  if (asked?.defaultLifetimeDays !== undefined && asked.defaultLifetimeDays > maxLifetimeDays) {
    throw invalid({
      pointer: '/policy/defaultLifetimeDays',
      code: 'too_big',
      detail: 'The default lifetime is longer than the longest one',
    })
  }
  return {
    defaultLifetimeDays:
      asked?.defaultLifetimeDays ?? Math.min(present.defaultLifetimeDays, maxLifetimeDays),
    maxLifetimeDays,
    permissionCeiling:
      asked?.permissionCeiling === undefined ? present.permissionCeiling : asked.permissionCeiling,
  }
}

/**
 * Requires that a caller who is not the operator's changes nothing but the name.
 *
 * @throws {AppError} `operator_only`
 */
export function requireCanChange(operator: boolean, { name: _name, ...rest }: UpdateBody): void {
  if (operator || Object.values(rest).every((value) => value === undefined)) return
  throw new AppError('operator_only', {
    detail: 'Features, policy and slug are the operator’s to change.',
  })
}

const SLUG_SUFFIX_LENGTH = 6

/** A slug made of a name: lower case letters, digits and hyphens, a letter first. */
export function slugFromName(name: string): string {
  return toSlug(name, 'organization')
}

/** The slug with the end of the organization's id, which nobody else has. */
export function uniqueSlug(slug: string, organizationId: string): string {
  return withSuffix(slug, organizationId.slice(-SLUG_SUFFIX_LENGTH))
}

/** Reads the features of a row. What it does not name is on, as for a new organization. */
export function parseFeatures(json: string): Features {
  const value: unknown = JSON.parse(json)
  if (!isJsonObject(value)) throw new TypeError('The features of a row do not parse')
  return {
    issued: value['issued'] !== false,
    stored: value['stored'] !== false,
    webhooks: value['webhooks'] !== false,
  }
}

/** Reads the policy of a row. */
export function parsePolicy(json: string): Policy {
  const value: unknown = JSON.parse(json)
  if (!isJsonObject(value)) throw new TypeError('The policy of a row does not parse')
  const { defaultLifetimeDays, maxLifetimeDays, permissionCeiling } = value
  return {
    defaultLifetimeDays: readDays(defaultLifetimeDays, DEFAULT_POLICY.defaultLifetimeDays),
    maxLifetimeDays: readDays(maxLifetimeDays, DEFAULT_POLICY.maxLifetimeDays),
    permissionCeiling: Array.isArray(permissionCeiling)
      ? permissionCeiling.filter((name) => typeof name === 'string')
      : null,
  }
}

function readDays(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

function invalid(problem: FieldProblem): AppError {
  return new AppError('invalid_request', { detail: `${problem.detail}.`, fields: [problem] })
}
