import type { Input, Output, routes } from '@keyporter/contract'
import { toActorReference } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { describeIntegration } from './audit-entry.ts'
import { mergeSettings } from './auth-settings.ts'
import { deleteSecrets, selectSettings } from './connection-bulk-rows.ts'
import { type DecidedUpdate, decideUpdate } from './decide-update.ts'
import { decryptHeaders, encryptHeaders } from './encrypted-headers.ts'
import { requireIntegration } from './get.ts'
import { toResource } from './presenter.ts'
import { replaceIntegration, type StoredIntegration } from './rows.ts'
import { sameDestinations, secretDestinationsOf } from './secret-destinations.ts'

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
  const stored = await decryptHeaders(ctx, before)
  const decided = decideUpdate(before, body, { checkUrl: ctx.outbound.checkUrl, stored })
  const { integration, headerValues } = decided
  const changes = describeIntegration(
    { stored: before, secrets: stored },
    { stored: integration, secrets: headerValues ?? stored },
  )
  if (Object.keys(changes).length === 0 && headerValues === undefined)
    return toResource(ctx, before)
  const written = await ctx.mutate(async (tx) => {
    const after = await write(ctx, tx, before, decided)
    const withoutSecrets = await deleteOutdatedSecrets(ctx, tx, before, after)
    const { id, name } = after
    return {
      result: after,
      audit: {
        action: 'integration.updated',
        affected: { 'connection.changed': withoutSecrets },
        target: { type: 'integration', id, name },
        changes: {
          ...changes,
          ...(withoutSecrets.length === 0
            ? {}
            : { connectionsWithSecrets: { from: withoutSecrets.length, to: 0 } }),
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
  { integration, headerValues }: DecidedUpdate,
): Promise<StoredIntegration> {
  const version = before.version + 1
  const columns = {
    ...integration,
    updatedAt: ctx.clock.now(),
    updatedBy: toActorReference(ctx.actor),
    version,
    ...(headerValues === undefined ? {} : { headersVersion: version }),
  }
  const after =
    headerValues === undefined
      ? columns
      : { ...columns, encryptedHeaders: await encryptHeaders(ctx, tx, columns, headerValues) }
  if (await replaceIntegration(tx, after, headerValues !== undefined)) return after
  throw new AppError('precondition_failed', {
    detail: 'The integration has changed since it was loaded. Load it again.',
  })
}

/**
 * Deletes the secrets of connections after a change of their addresses or authentication type.
 * Returns the IDs of these connections.
 */
async function deleteOutdatedSecrets(
  ctx: Context,
  tx: Writer,
  before: StoredIntegration,
  after: StoredIntegration,
): Promise<readonly string[]> {
  const { kind } = after.auth
  const isOutdated = (own: StoredIntegration['auth']) =>
    kind !== before.auth.kind ||
    !sameDestinations(
      secretDestinationsOf(before.baseUrl, mergeSettings(before.auth, own)),
      secretDestinationsOf(after.baseUrl, mergeSettings(after.auth, own)),
    )
  const ids = (await selectSettings(tx, after.id))
    .filter(({ auth }) => isOutdated(auth))
    .map(({ id }) => id)
  await deleteSecrets(tx, ids, { kind, at: ctx.clock.now(), by: toActorReference(ctx.actor) })
  return ids
}
