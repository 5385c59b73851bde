import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import {
  concurrentChange,
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
 * Switches the caller's own one-time codes off: secret and recovery codes are gone. Where there is nothing
 * to switch off nothing happens.
 *
 * @throws {AppError} `sign_in_failed` when the current password is another, `not_found` for who has none,
 *   `precondition_failed` when the member was changed at the same moment, `rate_limited`
 */
export async function removeTotp(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  await requireCurrentPassword(ctx, member, body.currentPassword)
  await removeTotpOf(ctx, member)
}

/**
 * Switches a member's one-time codes off.
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
