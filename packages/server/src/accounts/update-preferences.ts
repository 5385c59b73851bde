import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../context.ts'
import { differences } from '../differences.ts'
import { getCurrentSession } from './get-current-session.ts'
import { setPreferences } from './member-rows.ts'
import { memberRecord } from './record.ts'
import { requireOwnMember } from './require-own-member.ts'
import { changedMeanwhile } from './update-member.ts'

type Route = typeof routes.sessions.updatePreferences

/**
 * Changes how the console shows things to the caller; what is left out stays.
 *
 * @throws {AppError} `not_found` for a credential, `precondition_failed` when they were changed at the same
 *   moment
 */
export async function updatePreferences(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  const present = member.preferences
  const next = {
    theme: body.theme ?? present.theme,
    timeZone: body.timeZone === undefined ? present.timeZone : body.timeZone,
    locale: body.locale ?? present.locale,
  }
  const changes = differences(present, next, ['theme', 'timeZone', 'locale'])
  if (Object.keys(changes).length > 0) {
    await ctx.mutate(async (tx) => {
      if (!(await setPreferences(tx, member, next))) throw changedMeanwhile()
      return {
        result: undefined,
        ...memberRecord(member, { action: 'member.updated', changes }),
      }
    })
  }
  return getCurrentSession(ctx, { params: {}, query: {}, body: {} })
}
