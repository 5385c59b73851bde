import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { Member } from '../members/index.ts'
import type { Factor } from '../sessions/index.ts'
import { consumeRecoveryCode, hasRecoveryCode } from './recovery-code-rows.ts'
import { recoveryCodeDigest } from './recovery-codes.ts'
import { findTimeStep } from './totp.ts'
import { decryptTotpSecret } from './totp-encryption.ts'
import { consumeTimeStep, findTotpSecrets } from './totp-rows.ts'

/** The result of checking the second factor of a member whose password matched. */
export type SecondFactor =
  /** Two-factor authentication is not enabled. */
  | { readonly kind: 'none' }
  /** A code is required, and was not sent. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'totp'; readonly encryptedSecret: string; readonly step: number }
  | { readonly kind: 'recovery_code'; readonly digest: string }

/** Checks a code and returns the factor that it is. Does not consume the code. */
export async function verifySecondFactor(
  ctx: Pick<Context, 'db' | 'clock' | 'digests' | 'organizationEncryption'>,
  member: Member,
  code: string | undefined,
): Promise<SecondFactor> {
  if (member.totpEnabledAt === null) return { kind: 'none' }
  if (code === undefined) return { kind: 'missing' }
  const { encryptedSecret = null, lastStep = 0 } = (await findTotpSecrets(ctx.db, member)) ?? {}
  // Disabled since the member was loaded.
  if (encryptedSecret === null) return { kind: 'wrong' }
  const secret = await decryptTotpSecret(ctx, encryptedSecret, member)
  // When the secret cannot be decrypted, only recovery codes work.
  const step =
    secret === undefined
      ? undefined
      : await findTimeStep(secret, code.replaceAll(/\s/g, ''), ctx.clock.now())
  if (step !== undefined && step > lastStep) return { kind: 'totp', encryptedSecret, step }
  const digest = recoveryCodeDigest(ctx, code)
  const isRecoveryCode = await hasRecoveryCode(ctx.db, member, digest)
  return isRecoveryCode ? { kind: 'recovery_code', digest } : { kind: 'wrong' }
}

/** Consumes the code. Returns false when a concurrent request consumed it. */
export async function consumeSecondFactor(
  tx: Writer,
  member: Member,
  { factor, nowMs }: { readonly factor: SecondFactor; readonly nowMs: number },
): Promise<boolean> {
  switch (factor.kind) {
    case 'none':
      return true
    case 'totp':
      return consumeTimeStep(tx, member, factor)
    case 'recovery_code':
      return consumeRecoveryCode(tx, member, { digest: factor.digest, nowMs })
    case 'missing':
    case 'wrong':
      return false
  }
}

/** Returns whether a code was sent and is correct. */
export function isVerified({ kind }: SecondFactor): boolean {
  return kind === 'totp' || kind === 'recovery_code'
}

/** Returns the factors of a sign-in for the audit log. */
export function factorsOf({ kind }: SecondFactor): readonly Factor[] {
  return kind === 'totp' || kind === 'recovery_code' ? ['password', kind] : ['password']
}
