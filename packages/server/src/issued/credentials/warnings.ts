import { type Lifetime, statusAt } from './rules.ts'

/** Why somebody should look at a credential. */
export type CredentialWarning = 'expiring_soon' | 'never_used' | 'unused' | 'rejected_calls'

/** Every warning, in the order in which a credential shows them. */
export const warnings = [
  'expiring_soon',
  'never_used',
  'unused',
  'rejected_calls',
] as const satisfies readonly CredentialWarning[]

/** What usage counted of a credential in the last 24 hours. */
export type RecentCalls = { readonly all: number; readonly refused: number }

/** What decides. */
export type WarningInput = Lifetime & {
  readonly lastUse: { readonly at: number } | null
  /** Undefined where nothing was counted. */
  readonly recentCalls: RecentCalls | undefined
}

const DAY_MS = 86_400_000

/** The bounds of the rules below, which `warning-rows.ts` writes in SQL once more. */
export const bounds = {
  expiresSoonMs: 14 * DAY_MS,
  /** One in so many of its lifetime is left. */
  expiresSoonPart: 10,
  neverUsedMs: 7 * DAY_MS,
  unusedMs: 90 * DAY_MS,
  /** One in so many calls was refused. */
  deniedPart: 20,
  recentMs: DAY_MS,
} as const

/**
 * Why somebody should look at a credential at an instant; nothing once it is expired or revoked. Time is
 * counted in whole milliseconds and shares in whole numbers, so that SQL decides exactly alike.
 */
export function warningsAt(facts: WarningInput, nowMs: number): readonly CredentialWarning[] {
  const status = statusAt(facts, nowMs)
  if (status !== 'active' && status !== 'suspended') return []
  return warnings.filter((warning) => rules[warning](facts, nowMs))
}

const rules: Readonly<Record<CredentialWarning, (facts: WarningInput, nowMs: number) => boolean>> =
  {
    expiring_soon: ({ createdAt, expiresAt }, nowMs) => {
      const leftMs = expiresAt - nowMs
      return (
        leftMs <= bounds.expiresSoonMs || leftMs * bounds.expiresSoonPart <= expiresAt - createdAt
      )
    },
    never_used: ({ createdAt, lastUse }, nowMs) =>
      lastUse === null && nowMs - createdAt > bounds.neverUsedMs,
    unused: ({ lastUse }, nowMs) => lastUse !== null && nowMs - lastUse.at > bounds.unusedMs,
    rejected_calls: ({ recentCalls }) =>
      recentCalls !== undefined &&
      recentCalls.refused > 0 &&
      recentCalls.refused * bounds.deniedPart >= recentCalls.all,
  }
