import type { Input, Output, routes } from '@keyporter/contract'
import { parseInstant } from '@keyporter/protocol'
import { findPolicy } from '../../identity/organizations/index.ts'
import { toActorReference } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { type ApiSummary, findApi, findGrantableApis } from '../apis/index.ts'
import { insertCredential } from './insert.ts'
import { presentCredential } from './presenter.ts'
import {
  type CredentialKind,
  type RequestedPermissions,
  requireExpiry,
  requireFullAccess,
  requireGrantable,
  requirePermissionList,
} from './rules.ts'

type Route = typeof routes.credentials.create

/**
 * Creates a credential. Only this response contains its secret; the database has a digest and a hint. Names
 * need not be unique.
 *
 * @throws {AppError} `api_required`, `not_found` at `/apiId`, `cannot_grant`, `invalid_request` for an
 *   expiry or permissions that the policy does not allow
 */
export async function createCredential(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  const policy = await findPolicy(ctx.db, ctx.organizationId)
  if (policy === undefined) throw notFound()
  const api = await requireApi(ctx, body.apiId)
  const kind = body.kind ?? 'scoped'
  const permissions = decidePermissions(ctx, {
    api,
    kind,
    requested: body.permissions,
    ceiling: policy.permissionCeiling,
  })
  const now = ctx.clock.now()
  const requested = body.expiresAt === undefined ? undefined : parseInstant(body.expiresAt)
  const expiresAt = requireExpiry(requested, { createdAt: now, nowMs: now, policy })
  return ctx.mutate(async (tx) => {
    const created = await insertCredential(tx, ctx, {
      organizationId: ctx.organizationId,
      apiId: api.id,
      name: body.name,
      notes: body.notes ?? '',
      environment: body.environment ?? 'production',
      kind,
      permissions,
      createdBy: toActorReference(ctx.actor),
      createdAt: now,
      expiresAt,
    })
    const secret = { ...created.secret, credentialId: created.id, createdAt: now, expiresAt: null }
    const secrets = [{ ...secret, revokedAt: null, lastUse: null }]
    return {
      result: {
        ...presentCredential(ctx, {
          credential: created.credential,
          api,
          secrets,
          recentRequests: undefined,
        }),
        clientSecret: created.clientSecret,
      },
      audit: created.audit,
    }
  })
}

async function requireApi(ctx: Context, id: string | undefined): Promise<ApiSummary> {
  if (id !== undefined) {
    const named = await findApi(ctx.db, ctx.organizationId, id)
    if (named !== undefined) return named
    const detail = 'The API does not exist or is not granted to the organization'
    const fields = [{ pointer: '/apiId', code: 'unknown', detail }]
    throw new AppError('not_found', { detail: `${detail}.`, fields })
  }
  const [only, another] = await findGrantableApis(ctx.db, ctx.organizationId)
  if (only !== undefined && another === undefined) return only
  throw new AppError('api_required', {
    detail:
      only === undefined
        ? 'The organization has only the built-in API. Send its id as apiId, or create an API.'
        : 'The organization has several APIs. Send the id of one as apiId.',
    fields: [{ pointer: '/apiId', code: 'required', detail: 'Required' }],
  })
}

function decidePermissions(
  ctx: Context,
  {
    api,
    kind,
    requested,
    ceiling,
  }: {
    readonly api: ApiSummary
    readonly kind: CredentialKind
    readonly requested: RequestedPermissions | undefined
    readonly ceiling: readonly string[] | null
  },
): readonly string[] {
  const terms = { held: ctx.actor.permissions, ceiling }
  if (kind === 'full_access') {
    requireFullAccess(requested, ceiling)
    requireGrantable(api, api.scopes, terms)
    return []
  }
  const permissions = requirePermissionList(requested, { api, ceiling })
  requireGrantable(api, permissions, terms)
  return permissions
}
