import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { findMember, type Member } from './rows.ts'

/**
 * Returns the calling member, for operations that credentials do not have (password, preferences).
 *
 * @throws {AppError} `not_found` when the caller is a credential
 */
export async function requireOwnMember({
  actor,
  db,
}: Context): Promise<{ readonly member: Member; readonly sessionId: string }> {
  if (actor.kind !== 'member') throw notFound()
  const member = await findMember(db, actor.organizationId, actor.id)
  if (member === undefined) throw notFound()
  return { member, sessionId: actor.sessionId }
}
