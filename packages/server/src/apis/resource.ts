import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../context.ts'
import type { ApiFacts, ApiSummary } from './rows.ts'

type Summary = Output<typeof routes.apis.list>['data'][number]

/** An api as lists show it. To whom else it is granted is the operator's to know. */
export function toSummaryResource(ctx: Context, api: ApiSummary): Summary {
  const { id, slug, name, identifier, builtIn, tokenTtlSeconds, signingAlgorithm } = api
  const shown = ctx.operator ? api.grantedTo : api.grantedTo && [ctx.organizationId]
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
    tokenTtlSeconds,
    signingAlgorithm,
    organizations: shown === null ? 'all' : [...shown],
    createdAt: formatInstant(api.createdAt),
    updatedAt: formatInstant(api.updatedAt),
  }
}

/** An api as the API shows it, with the version that becomes its `ETag`. */
export function toApiResource(ctx: Context, api: ApiFacts) {
  return {
    ...toSummaryResource(ctx, api),
    operations: api.operations.map(({ method, path, permissions }) => ({
      method,
      path,
      permissions: [...permissions],
    })),
    version: api.version,
  }
}
