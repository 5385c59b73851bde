import type { Input, Output, routes } from '@keyporter/contract'
import { toActorReference } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { concurrentChange, notFound, requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { toResource } from './presenter.ts'
import { findCredential, markRevoked, type StoredCredential, toCredential } from './rows.ts'

type Route = typeof routes.credentials.revoke

/**
 * Revokes a credential permanently. It cannot get new tokens, and its existing tokens become inactive immediately
 * (RFC 7662 §2.2). An expired credential can be revoked too; its status then is `revoked`.
 *
 * @throws {AppError} `not_found`, `already_revoked`, `precondition_failed`
 */
export async function revokeCredential(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const before = await findCredential(ctx.db, ctx.organizationId, params.id)
  if (before === undefined) throw notFound()
  if (before.revokedAt !== null) throw alreadyRevoked()
  requireVersion(before.version, ifVersion)
  const reason = body.reason === undefined || body.reason === '' ? null : body.reason
  const revoked = await ctx.mutate(async (tx) => ({
    result: await write(ctx, tx, { before, reason, ifVersion }),
    audit: {
      action: 'credential.revoked',
      target: { type: 'credential', id: before.id, name: before.name },
      ...(reason === null ? {} : { reason }),
    },
  }))
  return toResource(ctx, revoked)
}

async function write(
  ctx: Context,
  tx: Writer,
  {
    before,
    reason,
    ifVersion,
  }: {
    readonly before: StoredCredential
    readonly reason: string | null
    readonly ifVersion: number | undefined
  },
): Promise<StoredCredential> {
  // The update is conditional: of concurrent requests one succeeds, the others fail.
  const row = await markRevoked(tx, ctx.organizationId, before.id, {
    at: ctx.clock.now(),
    by: toActorReference(ctx.actor),
    reason,
    ifVersion,
  })
  if (row !== undefined) {
    const { lastUse } = before
    return toCredential({ ...row, usedAt: lastUse?.at ?? null, usedFrom: lastUse?.ip ?? null })
  }
  const current = await findCredential(tx, ctx.organizationId, before.id)
  if (current === undefined || current.revokedAt !== null) throw alreadyRevoked()
  throw concurrentChange()
}

function alreadyRevoked(): AppError {
  return new AppError('already_revoked', { detail: 'This credential is already revoked.' })
}
