import type { Input, Output, routes } from '@keyporter/contract'
import { concurrentChange } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import {
  type Member,
  memberAuditEntry,
  requireOwnMember,
  setTotpEnabled,
} from '../members/index.ts'
import { replaceRecoveryCodes } from './recovery-code-rows.ts'
import { requireCurrentPassword } from './require-current-password.ts'
import { deleteTotpSecrets, findTotpSecrets } from './totp-rows.ts'

type Route = typeof routes.sessions.removeTotp

/**
 * Disables the caller's own two-factor authentication, and deletes the secret and the recovery codes. Has
 * no effect when it is not enabled.
 *
 * @throws {AppError} `sign_in_failed` when the current password is wrong, `not_found` when the caller is a
 *   credential, `precondition_failed` when the member was changed concurrently, `rate_limited`
 */
export async function removeTotp(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  await requireCurrentPassword(ctx, member, body.currentPassword)
  await removeTotpOf(ctx, member)
}

/**
 * Disables a member's two-factor authentication.
 *
 * @throws {AppError} `precondition_failed`
 */
export async function removeTotpOf(ctx: Context, member: Member): Promise<void> {
  if ((await findTotpSecrets(ctx.db, member)) === undefined) return
  const nowMs = ctx.clock.now()
  await ctx.mutate(async (tx) => {
    if (!(await setTotpEnabled(tx, member, { enabledAt: null, nowMs }))) throw concurrentChange()
    await deleteTotpSecrets(tx, member)
    await replaceRecoveryCodes(tx, member, { digests: [], nowMs })
    return {
      result: undefined,
      audit: memberAuditEntry(member, { action: 'member.totp_removed' }),
    }
  })
}
