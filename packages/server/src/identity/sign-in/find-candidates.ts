import type { Member } from '../members/index.ts'

/** Whether a password is the one of a hash; without a hash no, after the same work. */
export type VerifyPassword = (password: string, hash: string | null) => Promise<boolean>

/**
 * The members whose password it is. Every one of them is verified, side by side, and where
 * there is none the same work is done for nobody: the time tells neither who exists nor who fitted.
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
  const fits = await Promise.all(members.map((member) => verify(password, member.passwordHash)))
  return members.filter((_, index) => fits[index] === true)
}
