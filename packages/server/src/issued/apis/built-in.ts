import { builtInResources, routeList } from '@keyporter/contract'
import { generateId, type PermissionAction } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { Random } from '../../platform/random.ts'
import type { Writer } from '../../store/open.ts'
import { auditUpdated } from './audit-entry.ts'
import { insertApi, type StoredApi, selectBuiltInApi } from './rows.ts'
import { type Operation, requirePermissionTable, scopesOf } from './rules.ts'
import { writeApi } from './update.ts'

/** The slug of the built-in API, which protects the management API. */
const BUILT_IN_SLUG = 'keyporter'

/** The input of {@link insertBuiltInApi}. */
export type BuiltInInput = {
  readonly organizationId: string
  readonly publicUrl: string
  readonly nowMs: number
  readonly random: Random
}

/** Inserts the built-in API in the caller's transaction, during setup. */
export async function insertBuiltInApi(tx: Writer, input: BuiltInInput): Promise<{ id: string }> {
  const { organizationId, nowMs } = input
  const api: StoredApi = {
    id: generateId('api', nowMs, input.random),
    organizationId,
    slug: BUILT_IN_SLUG,
    name: 'Keyporter',
    builtIn: true,
    tokenTtlSeconds: 3_600,
    signingAlgorithm: 'ES256',
    grantedTo: null,
    createdAt: nowMs,
    updatedAt: nowMs,
    version: 1,
    ...describeManagementApi(input.publicUrl),
  }
  await insertApi(tx, api)
  return { id: api.id }
}

/**
 * Updates the built-in API to this version's routes and the public URL. Writes nothing when it is current, or before
 * setup. `ctx` must be the system context.
 */
export async function syncBuiltInApi(ctx: Context): Promise<void> {
  const before = await selectBuiltInApi(ctx.db)
  if (before === undefined) return
  const after = { ...before, ...describeManagementApi(ctx.publicUrl) }
  const audit = auditUpdated(before, after)
  if (audit === undefined) return
  await ctx.mutate(async (tx) => {
    const result = await writeApi(tx, { before, after, nowMs: ctx.clock.now() })
    return { result, audit }
  })
}

type ManagementApi = Pick<StoredApi, 'identifier' | 'permissions' | 'scopes' | 'operations'>

function describeManagementApi(publicUrl: string): ManagementApi {
  const permissions = requirePermissionTable(
    Object.entries<readonly PermissionAction[]>(builtInResources).map(([resource, actions]) => ({
      resource,
      actions,
    })),
  )
  return {
    identifier: `${publicUrl}/v1`,
    permissions,
    scopes: scopesOf(permissions),
    operations: routeList.flatMap(toOperations),
  }
}

/** Routes without permissions are not part of the permission map. */
function toOperations({ method, path, access }: (typeof routeList)[number]): Operation[] {
  if (typeof access === 'string') return []
  return [{ method, path: path.replaceAll(/:([A-Za-z]+)/g, '{$1}'), permissions: access }]
}
