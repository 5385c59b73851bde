import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { type Reply, reply } from '../../kernel/route-handler.ts'
import { endSessionRow } from './rows.ts'
import { expiredCookie } from './rules.ts'

type Route = typeof routes.sessions.end

/**
 * Ends one of the caller's own sessions. The next request with its cookie is rejected.
 *
 * @throws {AppError} `not_found` when the session does not exist, or is not the caller's
 */
export async function endSession(ctx: Context, { params }: Input<Route>): Promise<Output<Route>> {
  await endOwnSession(ctx, params.id)
}

/**
 * Ends the session of this request, and removes its cookie from the browser.
 *
 * @throws {AppError} `not_found` when the caller has no session
 */
export async function signOut(
  ctx: Context,
  _input: Input<typeof routes.sessions.signOut>,
): Promise<Reply<undefined>> {
  if (ctx.actor.kind !== 'member') throw notFound()
  await endOwnSession(ctx, ctx.actor.sessionId)
  return reply(undefined, { cookies: [expiredCookie(ctx.publicUrl)] })
}

async function endOwnSession(ctx: Context, id: string): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'member') throw notFound()
  const ended = { id, memberId: actor.id, nowMs: ctx.clock.now() }
  await ctx.mutate(async (tx) => {
    if (!(await endSessionRow(tx, actor.organizationId, ended))) throw notFound()
    return {
      result: undefined,
      audit: {
        action: 'session.ended',
        organizationId: actor.organizationId,
        target: { type: 'session', id, name: actor.name },
      },
    }
  })
}
