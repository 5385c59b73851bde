import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { findMember, type Member } from './rows.ts'

/**
 * The member who asks, for what a person has and a credential has not: a password, preferences.
 *
 * @throws {AppError} `not_found` for a credential
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
