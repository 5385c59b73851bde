import type { Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { startSecondFactorAttempt } from './attempts.ts'
import { isVerified, type SecondFactor, verifySecondFactor } from './second-factor.ts'

/** Returns whether the password matches the hash. A null hash returns false after the same work. */
export type VerifyPassword = (password: string, hash: string | null) => Promise<boolean>

/**
 * Returns the members whose password matches. Verifies all of them in parallel, and verifies once against
 * a dummy hash when there are none: the response time reveals neither existence nor a match.
 */
export async function filterByPassword(
  members: readonly Member[],
  password: string,
  verify: VerifyPassword,
): Promise<readonly Member[]> {
  if (members.length === 0) {
    await verify(password, null)
    return []
  }
  const matches = await Promise.all(members.map((member) => verify(password, member.passwordHash)))
  return members.filter((_, index) => matches[index] === true)
}

/** A member who may be signed in, and the result of their second factor. */
export type SignInCandidate = { readonly member: Member; readonly factor: SecondFactor }

/**
 * Returns the member whose second factor matches the code, or else the first member. A wrong code counts as a
 * failed attempt against each member that requires one.
 *
 * @throws {AppError} `rate_limited`
 */
export async function chooseCandidate(
  ctx: Context,
  members: readonly Member[],
  code: string | undefined,
): Promise<SignInCandidate | undefined> {
  const attempts = members
    .filter(({ totpEnabledAt }) => totpEnabledAt !== null && code !== undefined)
    .map(({ id }) => startSecondFactorAttempt(ctx, id))
  const candidates = await Promise.all(
    members.map(async (member) => ({
      member,
      factor: await verifySecondFactor(ctx, member, code),
    })),
  )
  const verified = candidates.find(({ factor }) => isVerified(factor))
  if (verified !== undefined) for (const attempt of attempts) attempt.recordSuccess()
  return verified ?? candidates[0]
}
