import type { Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { startSecondFactorAttempt } from './attempts.ts'
import { isVerified, type SecondFactor, verifySecondFactor } from './second-factor.ts'

/** As whom someone signs in, and what they showed beside the password. */
export type SignInCandidate = { readonly member: Member; readonly factor: SecondFactor }

/**
 * As whom of the members whose password fits: as the one whose code it is, else as the first. A code that
 * is none of theirs counts against each of them.
 *
 * @throws {AppError} `rate_limited`
 */
export async function chooseCandidate(
  ctx: Context,
  fitting: readonly Member[],
  code: string | undefined,
): Promise<SignInCandidate | undefined> {
  const tried = fitting.filter(({ totpEnabledAt }) => totpEnabledAt !== null && code !== undefined)
  const tries = tried.map(({ id }) => startSecondFactorAttempt(ctx, id))
  const entrances = await Promise.all(
    fitting.map(async (member) => ({
      member,
      factor: await verifySecondFactor(ctx, member, code),
    })),
  )
  const proven = entrances.find(({ factor }) => isVerified(factor))
  if (proven !== undefined) for (const { recordSuccess } of tries) recordSuccess()
  return proven ?? entrances[0]
}
