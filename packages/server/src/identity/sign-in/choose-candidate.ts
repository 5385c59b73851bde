import type { Context } from '../../kernel/context.ts'
import type { Member } from '../members/index.ts'
import { beginSecondFactorTry } from './attempts.ts'
import { isProven, judgeSecondFactor, type SecondFactor } from './second-factor.ts'

/** As whom someone signs in, and what they showed beside the password. */
export type Entrance = { readonly member: Member; readonly factor: SecondFactor }

/**
 * As whom of the members whose password fits: as the one whose code it is, else as the first. A code that
 * is none of theirs counts against each of them.
 *
 * @throws {AppError} `rate_limited`
 */
export async function chooseEntrance(
  ctx: Context,
  fitting: readonly Member[],
  code: string | undefined,
): Promise<Entrance | undefined> {
  const tried = fitting.filter(({ totpEnabledAt }) => totpEnabledAt !== null && code !== undefined)
  const tries = tried.map(({ id }) => beginSecondFactorTry(ctx, id))
  const entrances = await Promise.all(
    fitting.map(async (member) => ({
      member,
      factor: await judgeSecondFactor(ctx, member, code),
    })),
  )
  const proven = entrances.find(({ factor }) => isProven(factor))
  if (proven !== undefined) for (const { forgive } of tries) forgive()
  return proven ?? entrances[0]
}
