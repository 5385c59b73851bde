import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import {
  concurrentChange,
  lockMember,
  memberAuditEntry,
  requireOwnMember,
} from '../members/index.ts'
import { findPasswordOwner } from './password-owner.ts'
import { requireCurrentPassword } from './require-current-password.ts'
import { formatTotpSecret, generateTotpSecret } from './totp.ts'
import { encryptTotpSecret } from './totp-encryption.ts'
import { savePendingSecret } from './totp-rows.ts'

type Route = typeof routes.sessions.startTotp

const PENDING_MS = 3_600_000

/**
 * Begins to set one-time codes up: makes a secret, which is shown this once. It waits an hour for its first
 * code; until then signing in stays as it is, with an earlier secret where there is one.
 *
 * @throws {AppError} `sign_in_failed` when the current password is another, `not_found` for who has none,
 *   `precondition_failed` when the member was changed at the same moment, `rate_limited`
 */
export async function startTotp(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  await requireCurrentPassword(ctx, member, body.currentPassword)
  const secret = generateTotpSecret(ctx.random)
  const shown = await formatTotpSecret(secret, await findPasswordOwner(ctx.db, member))
  const pendingExpiresAt = ctx.clock.now() + PENDING_MS
  return ctx.mutate(async (tx) => {
    if (!(await lockMember(tx, member.organizationId, member))) throw concurrentChange()
    const sealedPending = await encryptTotpSecret(ctx, tx, { secret, owner: member })
    await savePendingSecret(tx, member, { sealedPending, pendingExpiresAt })
    return { result: shown, audit: memberAuditEntry(member, { action: 'member.totp_started' }) }
  })
}
