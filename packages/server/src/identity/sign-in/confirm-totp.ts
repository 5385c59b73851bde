import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { concurrentChange } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import {
  type Member,
  memberAuditEntry,
  requireOwnMember,
  setTotpEnabled,
} from '../members/index.ts'
import { startAttempt } from './attempts.ts'
import { replaceRecoveryCodes } from './recovery-code-rows.ts'
import { generateRecoveryCodes, recoveryCodeDigest } from './recovery-codes.ts'
import { findTimeStep } from './totp.ts'
import { decryptTotpSecret } from './totp-encryption.ts'
import { confirmSecret, findTotpSecrets } from './totp-rows.ts'

type Route = typeof routes.sessions.confirmTotp

/**
 * Enables two-factor authentication: the first code proves that the caller's authenticator app has the
 * secret. Sign-in then requires a TOTP code or one of the returned recovery codes. Consumes the first code.
 *
 * @throws {AppError} `invalid_code` when the code is wrong or no secret is pending, `not_found` when the
 *   caller is a credential, `precondition_failed` when the member was changed concurrently, `rate_limited`
 */
export async function confirmTotp(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  const confirmed = await requirePendingCode(ctx, member, body.code)
  const recoveryCodes = await generateRecoveryCodes(ctx)
  const nowMs = ctx.clock.now()
  const digests = recoveryCodes.map((code) => recoveryCodeDigest(ctx, code))
  return ctx.mutate(async (tx) => {
    if (!(await setTotpEnabled(tx, member, { enabledAt: nowMs, nowMs }))) throw concurrentChange()
    if (!(await confirmSecret(tx, member, confirmed))) throw wrongCode()
    await replaceRecoveryCodes(tx, member, { digests, nowMs })
    return {
      result: { recoveryCodes },
      audit: memberAuditEntry(member, { action: 'member.totp_enabled' }),
    }
  })
}

async function requirePendingCode(
  ctx: Context,
  member: Member,
  code: string,
): Promise<{ readonly encryptedPendingSecret: string; readonly step: number }> {
  const attempt = startAttempt(ctx, `totp ${member.id}`)
  const secrets = await findTotpSecrets(ctx.db, member)
  const encryptedPendingSecret = secrets?.encryptedPendingSecret ?? null
  const nowMs = ctx.clock.now()
  if (encryptedPendingSecret === null || (secrets?.pendingExpiresAt ?? 0) <= nowMs)
    throw wrongCode()
  const secret = await decryptTotpSecret(ctx, encryptedPendingSecret, member)
  if (secret === undefined) throw wrongCode()
  const step = await findTimeStep(secret, code.replaceAll(/\s/g, ''), nowMs)
  if (step === undefined) throw wrongCode()
  attempt.recordSuccess()
  return { encryptedPendingSecret, step }
}

function wrongCode(): AppError {
  return new AppError('invalid_code', {
    detail:
      'The code does not match the secret that is being set up, or the setup has expired. Enter the current code, or start again.',
  })
}
