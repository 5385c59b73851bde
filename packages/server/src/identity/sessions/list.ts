import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { toSession } from './presenter.ts'
import { selectActiveSessions } from './rows.ts'

type Route = typeof routes.sessions.list

/** Lists the caller's own active sessions, newest first. A credential has no sessions. */
export async function listSessions(ctx: Context, _input: Input<Route>): Promise<Output<Route>> {
  const { actor } = ctx
  if (actor.kind !== 'member') return { data: [], nextCursor: null }
  const sessions = await selectActiveSessions(ctx.db, actor.organizationId, {
    memberId: actor.id,
    nowMs: ctx.clock.now(),
  })
  return { data: sessions.map((session) => toSession(session, actor.sessionId)), nextCursor: null }
}
