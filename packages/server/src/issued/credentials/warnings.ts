import { type Lifetime, statusAt } from './rules.ts'

/** A condition of a credential that an administrator should check. */
export type CredentialWarning = 'expiring_soon' | 'never_used' | 'unused' | 'rejected_requests'

/** All warnings, in the order of the API. */
export const warnings = [
  'expiring_soon',
  'never_used',
  'unused',
  'rejected_requests',
] as const satisfies readonly CredentialWarning[]

/** The requests with a credential in the last 24 hours. */
export type RecentRequests = { readonly all: number; readonly rejected: number }

/** The input of {@link warningsAt}. */
export type WarningInput = Lifetime & {
  readonly lastUse: { readonly at: number } | null
  /** Undefined without requests. */
  readonly recentRequests: RecentRequests | undefined
}

const DAY_MS = 86_400_000

/** The thresholds of the rules below, which `warning-rows.ts` repeats in SQL. */
export const thresholds = {
  expiringSoonMs: 14 * DAY_MS,
  /** Warns when 1/10 of the lifetime is left. */
  expiringSoonDivisor: 10,
  neverUsedMs: 7 * DAY_MS,
  unusedMs: 90 * DAY_MS,
  /** Warns when 1/20 of the requests were rejected. */
  rejectedDivisor: 20,
  recentMs: DAY_MS,
} as const

/**
 * Returns the warnings of a credential at an instant; none once it is expired or revoked. All arithmetic uses
 * integers, so that SQL gives exactly the same result.
 */
export function warningsAt(input: WarningInput, nowMs: number): readonly CredentialWarning[] {
  const status = statusAt(input, nowMs)
  if (status !== 'active' && status !== 'suspended') return []
  return warnings.filter((warning) => rules[warning](input, nowMs))
}

const rules: Readonly<Record<CredentialWarning, (input: WarningInput, nowMs: number) => boolean>> =
  {
    expiring_soon: ({ createdAt, expiresAt }, nowMs) => {
      const leftMs = expiresAt - nowMs
      return (
        leftMs <= thresholds.expiringSoonMs ||
        leftMs * thresholds.expiringSoonDivisor <= expiresAt - createdAt
      )
    },
    never_used: ({ createdAt, lastUse }, nowMs) =>
      lastUse === null && nowMs - createdAt > thresholds.neverUsedMs,
    unused: ({ lastUse }, nowMs) => lastUse !== null && nowMs - lastUse.at > thresholds.unusedMs,
    rejected_requests: ({ recentRequests }) =>
      recentRequests !== undefined &&
      recentRequests.rejected > 0 &&
      recentRequests.rejected * thresholds.rejectedDivisor >= recentRequests.all,
  }
