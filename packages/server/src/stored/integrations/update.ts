import type { Input, Output, routes } from '@keyporter/contract'
import { toActorReference } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { bindingsOf, sameBindings } from './allowed-origins.ts'
import { mergeSettings } from './auth-settings.ts'
import { dropValues, selectBound } from './connection-bulk-rows.ts'
import { type Amended, decideUpdate } from './decide-update.ts'
import { openHeaders, sealHeaders } from './encrypted-headers.ts'
import { requireIntegration } from './get.ts'
import { describeHeaders } from './headers.ts'
import { toResource } from './presenter.ts'
import { replaceIntegration, type StoredIntegration } from './rows.ts'

type Route = typeof routes.integrations.update

/**
 * Updates an integration. If its address or authentication type changes, connections stored for the
 * previous one lose their secrets, and the secret headers of the integration must be sent again in
 * the same request.
 *
 * @throws {AppError} `not_found`, `precondition_failed`, `address_not_allowed`, `invalid_request`
 */
export async function updateIntegration(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const before = await requireIntegration(ctx, params.id)
  requireVersion(before.version, ifVersion)
  const amended = decideUpdate(before, body, {
    judge: ctx.outbound.checkUrl,
    stored: await openHeaders(ctx, before),
  })
  const changes = compare(before, amended)
  if (Object.keys(changes).length === 0) return toResource(ctx, before)
  const written = await ctx.mutate(async (tx) => {
    const after = await write(ctx, tx, before, amended)
    const lost = await dropMisled(ctx, tx, before, after)
    const { id, name } = after
    return {
      result: after,
      audit: {
        action: 'integration.updated',
        affected: { 'connection.changed': lost },
        target: { type: 'integration', id, name },
        changes: {
          ...changes,
          ...(lost.length === 0 ? {} : { connectionsWithValues: { from: lost.length, to: 0 } }),
        },
      },
    }
  })
  return toResource(ctx, written)
}

async function write(
  ctx: Context,
  tx: Writer,
  before: StoredIntegration,
  { integration, headerValues }: Amended,
): Promise<StoredIntegration> {
  const version = before.version + 1
  const draft = {
    ...integration,
    updatedAt: ctx.clock.now(),
    updatedBy: toActorReference(ctx.actor),
    version,
    ...(headerValues === undefined ? {} : { headersVersion: version }),
  }
  const after =
    headerValues === undefined
      ? draft
      : { ...draft, encryptedHeaders: await sealHeaders(ctx, tx, draft, headerValues) }
  if (await replaceIntegration(tx, after, headerValues !== undefined)) return after
  throw new AppError('precondition_failed', {
    detail: 'The integration has changed since it was loaded. Load it again.',
  })
}

/**
 * Deletes the secrets of connections after a change of their addresses or authentication type.
 * Returns the ids of these connections.
 */
async function dropMisled(
  ctx: Context,
  tx: Writer,
  before: StoredIntegration,
  after: StoredIntegration,
): Promise<readonly string[]> {
  const { kind } = after.auth
  const isMisled = (own: StoredIntegration['auth']) =>
    kind !== before.auth.kind ||
    !sameBindings(
      bindingsOf(before.baseUrl, mergeSettings(before.auth, own)),
      bindingsOf(after.baseUrl, mergeSettings(after.auth, own)),
    )
  const ids = (await selectBound(tx, after.id))
    .filter(({ auth }) => isMisled(auth))
    .map(({ id }) => id)
  await dropValues(tx, ids, { kind, at: ctx.clock.now(), by: toActorReference(ctx.actor) })
  return ids
}

function compare(
  before: StoredIntegration,
  { integration: after, headerValues }: Amended,
): NonNullable<AuditEntry['changes']> {
  const fields = [
    'name',
    'notes',
    'baseUrl',
    'organizationSpecific',
    'sharedFallback',
    'contentType',
    'auth',
  ] as const
  const same = JSON.stringify(before.headers) === JSON.stringify(after.headers)
  return {
    ...describeChange(before, after, fields),
    ...(same && headerValues === undefined
      ? {}
      : { headers: describeListChange(...describeHeaders(before.headers, after.headers)) }),
  }
}
