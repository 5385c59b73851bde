import type { CurrentSession } from '../../api/session.ts'
import type { Credential } from '../credential.ts'

export const DAY_MS = 86_400_000

type Policy = CurrentSession['organization']['policy']

/**
 * Returns the latest valid expiry of a credential: one calendar year after its creation, or the maximum lifetime of the
 * policy if that is shorter. A year after 29 February is 28 February.
 */
export function latestExpiry(
  { createdAt }: Pick<Credential, 'createdAt'>,
  policy: Pick<Policy, 'maxLifetimeDays'> | undefined,
): string {
  const created = new Date(createdAt)
  const year = new Date(created)
  year.setUTCFullYear(created.getUTCFullYear() + 1)
  // `setUTCFullYear` turned 29 February into 1 March.
  if (year.getUTCMonth() !== created.getUTCMonth()) year.setUTCDate(0)
  const longest =
    policy === undefined ? Infinity : created.getTime() + policy.maxLifetimeDays * DAY_MS
  return new Date(Math.min(year.getTime(), longest)).toISOString()
}
