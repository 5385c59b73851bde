import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { type ResolvedConnection, recordHealth } from '../connection-lookup/index.ts'
import { findStatusReason, type StatusReason } from '../integrations/index.ts'
import type { TokenConnection } from './stored-token.ts'
import { isTokenAuth } from './token-rules.ts'

/**
 * Returns a resolved connection as a token connection; undefined if its authentication type has no
 * token.
 */
export function asTokenConnection(resolved: ResolvedConnection): TokenConnection | undefined {
  const { connectionId, auth } = resolved
  return connectionId === null || !isTokenAuth(auth)
    ? undefined
    : { ...resolved, connectionId, auth }
}

/**
 * Stores a token that a person requested, or that ends a rejection, and marks the connection as
 * working.
 */
export async function recordToken<T>(
  ctx: Context,
  connection: TokenConnection,
  write: (tx: Writer) => Promise<T>,
): Promise<T> {
  return ctx.mutate(async (tx) => {
    const result = await write(tx)
    const health = { atMs: ctx.clock.now(), tested: false, status: 'working' } as const
    const changed = await recordHealth(tx, connection, health)
    return {
      result,
      audit: {
        action: 'connection.token_fetched',
        affected: { 'connection.changed': changed },
        target: targetOf(connection),
      },
    }
  })
}

/**
 * Records a rejected token request. Repeated rejections of automatic requests are recorded once.
 */
export async function recordTokenRejection(
  ctx: Context,
  connection: TokenConnection,
  { statusReason, reason }: { readonly statusReason: StatusReason; readonly reason: string },
): Promise<void> {
  const isKnown = (await findStatusReason(ctx.db, connection.connectionId)) === statusReason
  if (isKnown && ctx.actor.kind === 'system') return
  await ctx.mutate(async (tx) => {
    const health = { atMs: ctx.clock.now(), tested: false, status: 'needs_attention' } as const
    await recordHealth(tx, connection, { ...health, statusReason })
    return { result: undefined, audit: auditRejectedToken(connection, reason) }
  })
}

/**
 * Returns the audit entry of a rejected token request. `changedTokens` contains the connection's ID
 * if the request has overridden the claim on its token row.
 */
export function auditRejectedToken(
  connection: TokenConnection,
  reason: string,
  changedTokens: readonly string[] = [],
): AuditEntry {
  return {
    action: 'connection.token_refused',
    affected: { 'upstream_token.changed': changedTokens },
    target: targetOf(connection),
    outcome: 'refused',
    reason,
  }
}

/** Returns the connection as the target of an audit event. */
export function targetOf({ connectionId, integrationName }: TokenConnection) {
  return { type: 'connection', id: connectionId, name: integrationName }
}
