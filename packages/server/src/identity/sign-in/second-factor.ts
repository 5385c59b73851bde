import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { Member } from '../members/index.ts'
import type { Factor } from '../sessions/index.ts'
import { consumeRecoveryCode, hasRecoveryCode } from './recovery-code-rows.ts'
import { recoveryCodeDigest } from './recovery-codes.ts'
import { findTimeStep } from './totp.ts'
import { decryptTotpSecret } from './totp-encryption.ts'
import { consumeTimeStep, findTotpSecrets } from './totp-rows.ts'

/** What someone whose password fitted showed beside it. */
export type SecondFactor =
  /** Their password is enough. */
  | { readonly kind: 'none' }
  /** A code is needed, and was not sent. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'totp'; readonly sealedSecret: string; readonly step: number }
  | { readonly kind: 'recovery_code'; readonly digest: string }

/** Judges the code that came beside a member's password. It is not used up yet. */
export async function verifySecondFactor(
  ctx: Pick<Context, 'db' | 'clock' | 'digests' | 'vault'>,
  member: Member,
  code: string | undefined,
): Promise<SecondFactor> {
  if (member.totpEnabledAt === null) return { kind: 'none' }
  if (code === undefined) return { kind: 'missing' }
  const { sealedSecret = null, lastStep = 0 } = (await findTotpSecrets(ctx.db, member)) ?? {}
  // Switched off a moment ago.
  if (sealedSecret === null) return { kind: 'wrong' }
  const secret = await decryptTotpSecret(ctx, sealedSecret, member)
  // Whose secret is lost signs in with a recovery code.
  const step =
    secret === undefined
      ? undefined
      : await findTimeStep(secret, code.replaceAll(/\s/g, ''), ctx.clock.now())
  if (step !== undefined && step > lastStep) return { kind: 'totp', sealedSecret, step }
  const digest = recoveryCodeDigest(ctx, code)
  const isRecoveryCode = await hasRecoveryCode(ctx.db, member, digest)
  return isRecoveryCode ? { kind: 'recovery_code', digest } : { kind: 'wrong' }
}

/** Uses a code up. False when somebody else did, since it was judged. */
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

/** Whether a code was shown and is the member's. */
export function isVerified({ kind }: SecondFactor): boolean {
  return kind === 'totp' || kind === 'recovery_code'
}

/** The factors of a sign-in, for the audit log. */
export function factorsOf({ kind }: SecondFactor): readonly Factor[] {
  return kind === 'totp' || kind === 'recovery_code' ? ['password', kind] : ['password']
}
