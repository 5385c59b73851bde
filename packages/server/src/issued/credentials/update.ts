import type { Input, Output, routes } from '@keyporter/contract'
import { formatInstant, parseInstant } from '@keyporter/protocol'
import { findPolicy } from '../../identity/organizations/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import { notFound, requireVersion } from '../../kernel/authorize.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { readApiSummaries } from '../apis/index.ts'
import { toResource } from './presenter.ts'
import { findCredential, type StoredCredential, updateCredentialRow } from './rows.ts'
import {
  type AskedPermissions,
  currentPermissions,
  requireExpiry,
  requireGrantable,
  requireModifiable,
  requirePermissionList,
  requireScoped,
} from './rules.ts'

type Route = typeof routes.credentials.update
type Body = Input<Route>['body']

/**
 * Changes name, notes, expiry or permissions of a credential that still lives. The bounds are those of
 * its creation; whoever adds a permission must be able to grant it.
 *
 * @throws {AppError} `not_found`, `credential_not_modifiable`, `precondition_failed`, `cannot_grant`,
 *   `invalid_request` for an expiry or permissions out of bounds
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
  const changes = compare(before, after)
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
          asked: body.permissions,
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
    asked,
    ceiling,
  }: { readonly asked: AskedPermissions; readonly ceiling: readonly string[] | null },
): Promise<readonly string[]> {
  requireScoped(before)
  const [api] = await readApiSummaries(ctx.db, [before.apiId])
  if (api === undefined) throw new TypeError('A credential has no api')
  const permissions = requirePermissionList(asked, { api, ceiling })
  const present = new Set(currentPermissions(before, api))
  const added = permissions.filter((name) => !present.has(name))
  requireGrantable(api, added, { held: ctx.actor.permissions, ceiling })
  return permissions
}

async function write(
  ctx: Context,
  tx: Writer,
  { before, after }: { readonly before: StoredCredential; readonly after: StoredCredential },
): Promise<StoredCredential> {
  const updatedAt = ctx.clock.now()
  const done = await updateCredentialRow(tx, before, {
    name: after.name,
    nameKey: nameKeyOf(after.name),
    notes: after.notes,
    expiresAt: after.expiresAt,
    permissions: JSON.stringify(after.permissions),
    updatedAt,
  })
  if (done) return { ...after, updatedAt, version: before.version + 1 }
  const present = await findCredential(tx, ctx.organizationId, before.id)
  if (present !== undefined) requireModifiable(present, updatedAt)
  throw new AppError('precondition_failed', {
    detail: 'It was changed in the meantime. Load it again.',
  })
}

function compare(
  before: StoredCredential,
  after: StoredCredential,
): NonNullable<AuditEntry['changes']> {
  const readable = (credential: StoredCredential) => ({
    ...credential,
    expiresAt: formatInstant(credential.expiresAt),
  })
  const same = before.permissions.join(' ') === after.permissions.join(' ')
  return {
    ...describeChange(readable(before), readable(after), ['name', 'notes', 'expiresAt']),
    ...(same ? {} : { permissions: describeListChange(before.permissions, after.permissions) }),
  }
}
