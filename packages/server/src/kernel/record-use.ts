import type { UsageOutcome } from '@keyporter/contract'

/** One use of a credential: a request to the management API, a verification, or an issued token. */
export type Use = {
  readonly credential: { readonly id: string; readonly organizationId: string }
  /** The secret that was used, if any. */
  readonly secretId?: string | undefined
  readonly outcome: UsageOutcome
  /** The requested permissions. Counted only with the outcome `valid`. */
  readonly permissions: readonly string[]
  /** Empty when unknown. */
  readonly ip: string
}

/** Records a use of a credential in its usage report. */
export type RecordUse = (use: Use) => void
