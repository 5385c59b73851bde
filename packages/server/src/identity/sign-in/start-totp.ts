import type { Input, Output, routes } from '@keyporter/contract'
import { concurrentChange } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { lockMember, memberAuditEntry, requireOwnMember } from '../members/index.ts'
import { findMemberNames } from './member-names.ts'
import { requireCurrentPassword } from './require-current-password.ts'
import { formatTotpSecret, generateTotpSecret } from './totp.ts'
import { encryptTotpSecret } from './totp-encryption.ts'
import { savePendingSecret } from './totp-rows.ts'

type Route = typeof routes.sessions.startTotp

const PENDING_MS = 3_600_000

/**
 * Starts the setup of two-factor authentication: creates a pending secret, which is returned once. Sign-in
 * does not change until the first code confirms the secret, within an hour. An earlier secret stays in use.
 *
 * @throws {AppError} `sign_in_failed` when the current password is wrong, `not_found` when the caller is a
 *   credential, `precondition_failed` when the member was changed concurrently, `rate_limited`
 */
export async function startTotp(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  await requireCurrentPassword(ctx, member, body.currentPassword)
  const secret = generateTotpSecret(ctx.random)
  const shown = await formatTotpSecret(secret, await findMemberNames(ctx.db, member))
  const pendingExpiresAt = ctx.clock.now() + PENDING_MS
  return ctx.mutate(async (tx) => {
    if (!(await lockMember(tx, member.organizationId, member))) throw concurrentChange()
    const encryptedPendingSecret = await encryptTotpSecret(ctx, tx, { secret, owner: member })
    await savePendingSecret(tx, member, { encryptedPendingSecret, pendingExpiresAt })
    return { result: shown, audit: memberAuditEntry(member, { action: 'member.totp_started' }) }
  })
}
