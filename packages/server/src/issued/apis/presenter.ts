import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import { findPolicy } from '../../identity/organizations/index.ts'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { ApiSummary, StoredApi } from './rows.ts'
import { grantableScopes } from './rules.ts'

type Summary = Output<typeof routes.apis.list>['data'][number]

/** Returns the API resources of APIs for a list, without operations. */
export async function toSummaryResources(
  ctx: Context,
  apis: readonly ApiSummary[],
): Promise<Summary[]> {
  const ceiling = await findCeiling(ctx)
  return apis.map((api) => toSummary(ctx, api, ceiling))
}

/** Returns the API resource of an API, with the version for its `ETag`. */
export async function toApiResource(ctx: Context, api: StoredApi) {
  return {
    ...toSummary(ctx, api, await findCeiling(ctx)),
    operations: api.operations.map(({ method, path, permissions }) => ({
      method,
      path,
      permissions: [...permissions],
    })),
    version: api.version,
  }
}

async function findCeiling(ctx: Context): Promise<readonly string[] | null> {
  const policy = await findPolicy(ctx.db, ctx.organizationId)
  if (policy === undefined) throw notFound()
  return policy.permissionCeiling
}

/** Only the operator sees which other organizations an API is granted to. */
function toSummary(ctx: Context, api: ApiSummary, ceiling: readonly string[] | null): Summary {
  const { id, slug, name, identifier, builtIn, tokenTtlSeconds, signingAlgorithm } = api
  const visible = ctx.operator ? api.grantedTo : api.grantedTo && [ctx.organizationId]
  return {
    id,
    slug,
    name,
    identifier,
    builtIn,
    permissions: api.permissions.map((row) => ({
      resource: row.resource,
      actions: [...row.actions],
      description: row.description,
      scopes: { ...row.scopes },
    })),
    scopes: [...api.scopes],
    grantable: [...grantableScopes(api, { held: ctx.actor.permissions, ceiling })],
    tokenTtlSeconds,
    signingAlgorithm,
    organizations: visible === null ? 'all' : [...visible],
    createdAt: formatInstant(api.createdAt),
    updatedAt: formatInstant(api.updatedAt),
  }
}
