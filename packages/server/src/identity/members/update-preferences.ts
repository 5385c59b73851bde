import { auditedFields, type Input, type Output, type routes } from '@keyporter/contract'
import { describeChange } from '../../kernel/audit-diff.ts'
import { concurrentChange } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { requireOwnMember } from './get.ts'
import { getCurrentSession } from './get-current.ts'
import { setPreferences } from './rows.ts'

type Route = typeof routes.sessions.updatePreferences

/**
 * Updates the caller's display preferences. Omitted fields stay unchanged.
 *
 * @throws {AppError} `not_found` when the caller is a credential, `precondition_failed` when the preferences
 *   were changed concurrently
 */
export async function updatePreferences(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  const { member } = await requireOwnMember(ctx)
  const current = member.preferences
  const next = {
    theme: body.theme ?? current.theme,
    timeZone: body.timeZone === undefined ? current.timeZone : body.timeZone,
    locale: body.locale ?? current.locale,
  }
  const changes = describeChange(current, next, auditedFields.preferences)
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
