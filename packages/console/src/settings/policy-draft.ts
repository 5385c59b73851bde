import type { ResponseBody, routes } from '@keyporter/contract'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type Policy = ResponseBody<typeof routes.organizations.get>['policy']

/** A policy as entered in the form. */
export type PolicyDraft = {
  readonly defaultDays: string
  readonly maxDays: string
  /** Whether the allowed permissions are limited. */
  readonly isLimited: boolean
  /** The allowed permissions as entered. */
  readonly ceiling: string
}

const DEFAULT_MAX = 365
const MAX_MAX = 366

export function toPolicyDraft(policy: Policy): PolicyDraft {
  const { defaultLifetimeDays, maxLifetimeDays, permissionCeiling } = policy
  return {
    defaultDays: String(defaultLifetimeDays),
    maxDays: String(maxLifetimeDays),
    isLimited: permissionCeiling !== null,
    ceiling: (permissionCeiling ?? []).join('\n'),
  }
}

/** Returns the policy for the API. The draft must be valid: see {@link validatePolicy}. */
export function toPolicy(draft: PolicyDraft): Policy {
  return {
    defaultLifetimeDays: Number(draft.defaultDays),
    maxLifetimeDays: Number(draft.maxDays),
    permissionCeiling: draft.isLimited ? namesIn(draft) : null,
  }
}

/** Returns validation errors by API field name. */
export function validatePolicy(draft: PolicyDraft): Readonly<Record<string, string | undefined>> {
  const days = (typed: string, max: number): string | undefined =>
    /^\d{1,3}$/.test(typed.trim()) && Number(typed) >= 1 && Number(typed) <= max
      ? undefined
      : text('notDays', { min: 1, max })
  const isTooLong = Number(draft.defaultDays) > Number(draft.maxDays)
  return {
    defaultLifetimeDays:
      days(draft.defaultDays, DEFAULT_MAX) ?? (isTooLong ? text('defaultTooLong') : undefined),
    maxLifetimeDays: days(draft.maxDays, MAX_MAX),
    permissionCeiling:
      draft.isLimited && namesIn(draft).length === 0 ? text('ceilingNone') : undefined,
  }
}

/** Returns the entered names that no API defines, as a list in text; empty if all are known. */
export function unknownNames(draft: PolicyDraft, known: readonly string[]): string {
  return list(namesIn(draft).filter((name) => !known.includes(name)))
}

function namesIn({ ceiling }: PolicyDraft): string[] {
  return [...new Set(ceiling.split(/[\s,]+/).filter((name) => name !== ''))]
}
