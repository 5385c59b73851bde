import type { Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { startAttempt } from './attempts.ts'
import { verifyPassword } from './passwords.ts'
import { auditRejection, wrongCurrentPassword } from './rejections.ts'

/**
 * Requires a member's current password, for operations that a stolen session alone must not allow.
 *
 * @throws {AppError} `sign_in_failed`, `rate_limited`
 */
export async function requireCurrentPassword(
  ctx: Context,
  member: Member,
  password: string,
): Promise<void> {
  const attempt = startAttempt(ctx, `password ${member.id}`)
  if (await verifyPassword(password, member.passwordHash)) return attempt.recordSuccess()
  await auditRejection(ctx, {
    attempt,
    members: [{ member, reason: 'wrong_password' }],
    reason: 'wrong_password',
  })
  throw wrongCurrentPassword()
}
