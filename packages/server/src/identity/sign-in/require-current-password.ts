import type { Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { startAttempt } from './attempts.ts'
import { verifyPassword } from './passwords.ts'
import { auditRejection, signInFailed } from './rejections.ts'

/**
 * Requires a member's present password, for what a stolen session alone must not be able to do.
 *
 * @throws {AppError} `sign_in_failed`, `rate_limited`
 */
export async function requireCurrentPassword(
  ctx: Context,
  member: Member,
  password: string,
): Promise<void> {
  const thisTry = startAttempt(ctx, `password ${member.id}`)
  if (await verifyPassword(password, member.passwordHash)) return thisTry.recordSuccess()
  await auditRejection(ctx, {
    of: thisTry,
    members: [{ member, reason: 'wrong_password' }],
    otherwise: 'wrong_password',
  })
  throw signInFailed()
}
