import { AppError } from '../../kernel/app-error.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { findOperator } from '../organizations/index.ts'
import type { Attempt } from './attempts.ts'

/** Why someone was not let in; for the audit log alone. */
export type RejectionReason =
  | 'unknown_member'
  | 'wrong_password'
  | 'wrong_totp_code'
  | 'invited'
  | 'deactivated'
  | 'invalid_code'

/** A refused authentication: which members it was about, none where nobody is known. */
export type Rejection = {
  readonly of: Attempt
  readonly members: readonly { readonly member: Member; readonly reason: RejectionReason }[]
  readonly otherwise: RejectionReason
}

/**
 * Writes a refused authentication down, once per burst: in the log of each member's organization, else in
 * the operator's. What was typed is not written: people type passwords into the wrong field.
 */
export async function auditRejection(ctx: Context, refusal: Rejection): Promise<void> {
  if (!refusal.of.recordRejection()) return
  const [first, ...rest] = await rejectionEntries(ctx, refusal)
  if (first === undefined) return
  await ctx.mutate(async () => ({ result: undefined, audit: [first, ...rest] }))
}

async function rejectionEntries(
  ctx: Context,
  { members, otherwise }: Rejection,
): Promise<readonly AuditEntry[]> {
  if (members.length > 0) {
    return members.map(({ member: { id, name, organizationId }, reason }) =>
      rejectionEntry({ organizationId, id, name, reason }),
    )
  }
  // Before there is an organization there is no log to write into.
  const operator = await findOperator(ctx.db)
  if (operator === undefined) return []
  return [
    rejectionEntry({ organizationId: operator.id, id: null, name: 'unknown', reason: otherwise }),
  ]
}

function rejectionEntry(about: {
  readonly organizationId: string
  readonly id: string | null
  readonly name: string
  readonly reason: RejectionReason
}): AuditEntry {
  return {
    action: 'authentication.refused',
    organizationId: about.organizationId,
    target: { type: 'member', id: about.id, name: about.name },
    outcome: 'refused',
    reason: about.reason,
  }
}

/** The one answer to a sign-in that failed, whatever was wrong. */
export function signInFailed(): AppError {
  return new AppError('sign_in_failed', {
    detail:
      'These do not fit: e-mail address, password, and the one-time code where one is needed.',
  })
}

/** The one answer to a one-time code that opens nothing, whatever was wrong with it. */
export function invalidCode(): AppError {
  return new AppError('invalid_code', {
    detail: 'This code was used already, is too old, or never was. Ask for a new one.',
  })
}
