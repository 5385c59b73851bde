import type { Input, Output, routes } from '@keyporter/contract'
import { generateId, parseInstant } from '@keyporter/protocol'
import { toActorReference } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { Context, Mutation } from '../../kernel/context.ts'
import { type Reply, reply } from '../../kernel/route-handler.ts'
import type { Writer } from '../../store/open.ts'
import { connectionName, describeConnection } from './audit-entry.ts'
import { type ConnectionOwner, requireOwner } from './connection-owner.ts'
import { toResource } from './connection-presenter.ts'
import {
  type ConnectionColumns,
  deleteTokens,
  findConnection,
  insertConnection,
  replaceConnection,
  type StoredConnection,
} from './connection-rows.ts'
import { type ConnectionSecrets, encryptSecrets, findDecrypted } from './connection-secrets.ts'
import { statusAfterPut } from './connection-status.ts'
import { type DecidedConnection, decidePut, requireAcceptedOwner } from './decide-put-connection.ts'
import { requireIntegration } from './get.ts'
import { lockIntegration, type StoredIntegration } from './rows.ts'

type Route = typeof routes.connections.put

/**
 * Creates or replaces the connection of an organization, or the shared one. The secrets are
 * encrypted for the current addresses of the integration, and are never sent to other addresses.
 *
 * @throws {AppError} `not_found`, `precondition_failed`, `address_not_allowed`, `invalid_request`
 */
export async function putConnection(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route> | Reply<Output<Route>>> {
  const integration = await requireIntegration(ctx, params.id)
  const owner = await requireOwner(ctx, integration, params.organization)
  requireAcceptedOwner(integration, owner.id)
  const current = await findDecrypted(ctx, integration.id, owner.id)
  const [before, stored] = [current?.connection, current?.secrets]
  requireVersion(before?.version ?? 0, ifVersion)
  const decided = decidePut(body, { integration, stored, checkUrl: ctx.outbound.checkUrl })
  const expiresAt = body.expiresAt === undefined ? null : parseExpiry(body.expiresAt)
  const columns = columnsOf(ctx, { integration, owner, before, stored, decided, expiresAt })
  const put = await ctx.mutate((tx) =>
    write(ctx, tx, { integration, before, stored, columns, decided }),
  )
  const output = toResource({
    ...put,
    organizationName: owner.organizationName,
    tokenExpiresAt: columns.keepsTokens ? (before?.tokenExpiresAt ?? null) : null,
    lastUsedAt: before?.lastUsedAt ?? null,
  })
  return before === undefined ? reply(output, { created: true }) : output
}

type PutColumns = ConnectionColumns & { readonly keepsTokens: boolean }

function parseExpiry(text: string | null): number | null {
  return text === null ? null : (parseInstant(text) ?? null)
}

function columnsOf(
  ctx: Context,
  given: {
    readonly integration: StoredIntegration
    readonly owner: ConnectionOwner
    readonly before: StoredConnection | undefined
    readonly stored: ConnectionSecrets | undefined
    readonly decided: DecidedConnection
    readonly expiresAt: number | null
  },
): PutColumns {
  const { integration, owner, before, stored, decided, expiresAt } = given
  const { auth, secretNames, headers } = decided
  const now = ctx.clock.now()
  const by = toActorReference(ctx.actor)
  const version = (before?.version ?? 0) + 1
  return {
    id: before?.id ?? generateId('conn', now, ctx.random),
    integrationId: integration.id,
    owner: owner.id,
    organizationId: owner.organizationId,
    kind: auth.kind,
    auth,
    secretNames,
    headers,
    encryptedSecrets: null,
    secretsVersion: version,
    ...statusAfterPut(decided, { before, stored }),
    expiresAt,
    createdAt: before?.createdAt ?? now,
    createdBy: before?.createdBy ?? by,
    updatedAt: now,
    updatedBy: by,
    version,
  }
}

async function write(
  ctx: Context,
  tx: Writer,
  given: {
    readonly integration: StoredIntegration
    readonly before: StoredConnection | undefined
    readonly stored: ConnectionSecrets | undefined
    readonly columns: PutColumns
    readonly decided: DecidedConnection
  },
): Promise<Mutation<ConnectionColumns>> {
  const { integration, before, stored, columns, decided } = given
  const { keepsTokens, ...unencrypted } = columns
  if (!(await lockIntegration(tx, integration))) throw outdatedVersion()
  const current = await findConnection(tx, integration.id, columns.owner)
  if (current?.version !== before?.version) throw outdatedVersion()
  const encryptedSecrets = await encryptSecrets(ctx, tx, columns, decided.plaintext)
  const written = { ...unencrypted, encryptedSecrets }
  if (before === undefined) await insertConnection(tx, written)
  else if (!(await replaceConnection(tx, written))) throw outdatedVersion()
  if (!keepsTokens) await deleteTokens(tx, columns.id)
  return {
    result: written,
    audit: {
      // A lookup that found no connection is cached with its integration.
      ...(before === undefined
        ? { action: 'connection.created', affected: { 'integration.changed': [integration.id] } }
        : { action: 'connection.updated' }),
      target: {
        type: 'connection',
        id: columns.id,
        name: connectionName(integration, columns.owner),
      },
      changes: describeConnection(before && { stored: before, secrets: stored }, {
        stored: written,
        secrets: decided.plaintext,
      }),
    },
  }
}

function outdatedVersion(): AppError {
  return new AppError('precondition_failed', {
    detail: 'The connection has changed since it was loaded. Load it again.',
  })
}
