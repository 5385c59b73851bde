import type { Input, Output, routes } from '@keyporter/contract'
import { parseInstant } from '@keyporter/protocol'
import { findPolicy } from '../../identity/organizations/index.ts'
import { concurrentChange, notFound, requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { readApiSummaries } from '../apis/index.ts'
import { describeCredential } from './audit-entry.ts'
import { toResource } from './presenter.ts'
import { findCredential, type StoredCredential, updateCredentialRow } from './rows.ts'
import {
  currentPermissions,
  type RequestedPermissions,
  requireExpiry,
  requireGrantable,
  requireModifiable,
  requirePermissionList,
  requireScoped,
} from './rules.ts'

type Route = typeof routes.credentials.update
type Body = Input<Route>['body']

/**
 * Updates name, notes, expiry or permissions of a credential that is neither revoked nor expired. The limits are
 * the same as at creation. The caller must be able to grant each added permission.
 *
 * @throws {AppError} `not_found`, `credential_not_modifiable`, `precondition_failed`, `cannot_grant`,
 *   `invalid_request` for an expiry or permissions that the policy does not allow
 */
export async function updateCredential(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const before = await findCredential(ctx.db, ctx.organizationId, params.id)
  if (before === undefined) throw notFound()
  requireModifiable(before, ctx.clock.now())
  requireVersion(before.version, ifVersion)
  const after = await decide(ctx, before, body)
  const changes = describeCredential(before, after)
  if (Object.keys(changes).length === 0) return toResource(ctx, before)
  const written = await ctx.mutate(async (tx) => ({
    result: await write(ctx, tx, { before, after }),
    audit: {
      action: 'credential.updated',
      target: { type: 'credential', id: after.id, name: after.name },
      changes,
    },
  }))
  return toResource(ctx, written)
}

async function decide(
  ctx: Context,
  before: StoredCredential,
  body: Body,
): Promise<StoredCredential> {
  const policy = await findPolicy(ctx.db, ctx.organizationId)
  if (policy === undefined) throw notFound()
  const { createdAt } = before
  const expiresAt =
    body.expiresAt === undefined
      ? before.expiresAt
      : requireExpiry(parseInstant(body.expiresAt), { createdAt, nowMs: ctx.clock.now(), policy })
  const permissions =
    body.permissions === undefined
      ? before.permissions
      : await decidePermissions(ctx, before, {
          requested: body.permissions,
          ceiling: policy.permissionCeiling,
        })
  return {
    ...before,
    name: body.name ?? before.name,
    notes: body.notes === undefined ? before.notes : (body.notes ?? ''),
    expiresAt,
    permissions,
  }
}

async function decidePermissions(
  ctx: Context,
  before: StoredCredential,
  {
    requested,
    ceiling,
  }: { readonly requested: RequestedPermissions; readonly ceiling: readonly string[] | null },
): Promise<readonly string[]> {
  requireScoped(before)
  const [api] = await readApiSummaries(ctx.db, [before.apiId])
  if (api === undefined) throw new TypeError('A credential has no API')
  const permissions = requirePermissionList(requested, { api, ceiling })
  const current = new Set(currentPermissions(before, api))
  const added = permissions.filter((name) => !current.has(name))
  requireGrantable(api, added, { held: ctx.actor.permissions, ceiling })
  return permissions
}

async function write(
  ctx: Context,
  tx: Writer,
  { before, after }: { readonly before: StoredCredential; readonly after: StoredCredential },
): Promise<StoredCredential> {
  const updatedAt = ctx.clock.now()
  const isUpdated = await updateCredentialRow(tx, before, {
    name: after.name,
    nameKey: nameKeyOf(after.name),
    notes: after.notes,
    expiresAt: after.expiresAt,
    permissions: JSON.stringify(after.permissions),
    updatedAt,
  })
  if (isUpdated) return { ...after, updatedAt, version: before.version + 1 }
  const current = await findCredential(tx, ctx.organizationId, before.id)
  if (current !== undefined) requireModifiable(current, updatedAt)
  throw concurrentChange()
}
