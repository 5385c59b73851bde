import type { Input, Output, routes } from '@keyporter/contract'
import { describeChange } from '../../kernel/audit-diff.ts'
import type { Context } from '../../kernel/context.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { getCurrentSession } from './get-current.ts'
import { requireOwnMember } from './require-own.ts'
import { setPreferences } from './rows.ts'
import { concurrentChange } from './update.ts'

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
  const changes = describeChange(present, next, ['theme', 'timeZone', 'locale'])
  if (Object.keys(changes).length > 0) {
    await ctx.mutate(async (tx) => {
      if (!(await setPreferences(tx, member, next))) throw concurrentChange()
      return {
        result: undefined,
        audit: memberAuditEntry(member, { action: 'member.updated', changes }),
      }
    })
  }
  return getCurrentSession(ctx, { params: {}, query: {}, body: {} })
}
