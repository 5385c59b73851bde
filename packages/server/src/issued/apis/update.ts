import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import {
  concurrentChange,
  notFound,
  requireOperator,
  requireVersion,
} from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { auditUpdated, ownerOf } from './audit-entry.ts'
import { toApiResource } from './presenter.ts'
import { requireOrganizations } from './require-organizations.ts'
import { replaceApi, type StoredApi, selectApi } from './rows.ts'
import { requireOperations, requirePermissionTable, requireStillListed, scopesOf } from './rules.ts'

type Route = typeof routes.apis.update

/**
 * Updates an API. Removing a permission from the table removes it from all credentials immediately.
 *
 * @throws {AppError} `operator_only`, `not_found`, `built_in_api`, `precondition_failed`, `invalid_request`
 *   for an invalid table, invalid operations, or operations that do not match the table
 */
export async function updateApi(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  // Check visibility before `operator_only`: the existence of an API that is not granted must not be revealed.
  const before = await selectApi(ctx.db, ownerOf(ctx), params.id)
  if (before === undefined) throw notFound()
  requireOperator(ctx)
  requireChangeable(before)
  requireVersion(before.version, ifVersion)
  const after = {
    ...before,
    ...decideTable(before, body),
    name: body.name ?? before.name,
    tokenTtlSeconds: body.tokenTtlSeconds ?? before.tokenTtlSeconds,
    signingAlgorithm: body.signingAlgorithm ?? before.signingAlgorithm,
    grantedTo:
      body.organizations === undefined
        ? before.grantedTo
        : await requireOrganizations(ctx, body.organizations),
  }
  const audit = auditUpdated(before, after)
  if (audit === undefined) return toApiResource(ctx, before)
  const written = await ctx.mutate(async (tx) => {
    const result = await writeApi(tx, { before, after, nowMs: ctx.clock.now() })
    return { result, audit }
  })
  return toApiResource(ctx, written)
}

/**
 * Requires an API other than the built-in one.
 *
 * @throws {AppError} `built_in_api`
 */
export function requireChangeable(api: Pick<StoredApi, 'builtIn'>): void {
  if (!api.builtIn) return
  throw new AppError('built_in_api', {
    detail: 'The built-in API is managed by Keyporter. Create another API instead.',
  })
}

/**
 * Writes an updated API, if the stored version is still that of `before`.
 *
 * @throws {AppError} `precondition_failed` after a concurrent update
 */
export async function writeApi(
  tx: Writer,
  { before, after, nowMs }: { before: StoredApi; after: StoredApi; nowMs: number },
): Promise<StoredApi> {
  const written = { ...after, version: before.version + 1, updatedAt: nowMs }
  if (await replaceApi(tx, written, before.version)) return written
  throw concurrentChange()
}

function decideTable(
  before: StoredApi,
  body: Input<Route>['body'],
): Pick<StoredApi, 'permissions' | 'scopes' | 'operations'> {
  const permissions =
    body.permissions === undefined ? before.permissions : requirePermissionTable(body.permissions)
  const scopes = scopesOf(permissions)
  const operations = body.operations ?? before.operations
  if (body.operations === undefined) requireStillListed(operations, scopes)
  else requireOperations(operations, scopes)
  return { permissions, scopes, operations }
}
