import { AppError } from '../../kernel/app-error.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { findOperator } from '../organizations/index.ts'
import type { Attempt } from './attempts.ts'

/** The reason for a rejected authentication. Only the audit log shows it. */
export type RejectionReason =
  | 'unknown_member'
  | 'wrong_password'
  | 'wrong_totp_code'
  | 'invited'
  | 'deactivated'
  | 'invalid_code'

/** A rejected authentication. */
export type Rejection = {
  readonly attempt: Attempt
  /** The members that the request named, with the reason for each. Empty when none matches. */
  readonly members: readonly { readonly member: Member; readonly reason: RejectionReason }[]
  /** The reason when no member matches. */
  readonly reason: RejectionReason
}

/**
 * Audits a rejected authentication, at most once a minute per network and subject: in the log of each
 * member's organization, else in the operator's log. Never records the input: people type passwords into
 * the wrong field.
 */
export async function auditRejection(ctx: Context, rejection: Rejection): Promise<void> {
  if (!rejection.attempt.recordRejection()) return
  const [first, ...rest] = await rejectionEntries(ctx, rejection)
  if (first === undefined) return
  await ctx.mutate(async () => ({ result: undefined, audit: [first, ...rest] }))
}

async function rejectionEntries(
  ctx: Context,
  { members, reason }: Rejection,
): Promise<readonly AuditEntry[]> {
  if (members.length > 0) {
    return members.map(({ member: { id, name, organizationId }, reason: memberReason }) =>
      rejectionEntry({ organizationId, id, name, reason: memberReason }),
    )
  }
  // Before setup no organization has an audit log.
  const operator = await findOperator(ctx.db)
  if (operator === undefined) return []
  return [rejectionEntry({ organizationId: operator.id, id: null, name: 'unknown', reason })]
}

function rejectionEntry(rejected: {
  readonly organizationId: string
  readonly id: string | null
  readonly name: string
  readonly reason: RejectionReason
}): AuditEntry {
  return {
    action: 'authentication.refused',
    organizationId: rejected.organizationId,
    target: { type: 'member', id: rejected.id, name: rejected.name },
    outcome: 'refused',
    reason: rejected.reason,
  }
}

/** Returns the error for every failed sign-in. The same text for every cause, so that it reveals none. */
export function signInFailed(): AppError {
  return new AppError('sign_in_failed', {
    detail:
      'The e-mail address, the password or the one-time code is wrong. Check them and try again.',
  })
}

/** Returns the error for a wrong current password. The caller is signed in, so the cause is not secret. */
export function wrongCurrentPassword(): AppError {
  return new AppError('sign_in_failed', {
    detail: 'The current password is wrong. Enter the password of your account.',
  })
}

/** Returns the error for every unusable link code. The same text for every cause. */
export function invalidCode(): AppError {
  return new AppError('invalid_code', {
    detail: 'This code is invalid, expired, or already used. Request a new link.',
  })
}
