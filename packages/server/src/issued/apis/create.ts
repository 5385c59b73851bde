import type { Input, Output, routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { requireOperator } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { auditCreated, ownerOf } from './audit-entry.ts'
import { toApiResource } from './presenter.ts'
import { requireOrganizations } from './require-organizations.ts'
import { findIdByIdentifier, insertApi, type StoredApi, selectSlugsLike } from './rows.ts'
import { freeSlug, requireOperations, requirePermissionTable, scopesOf, slugFrom } from './rules.ts'

type Route = typeof routes.apis.create

// A suffix that makes a slug unique may replace its last characters.
const SLUG_STEM = 56

/** The maximum and default lifetime of access tokens. */
export const TOKEN_TTL_SECONDS = 3_600

/**
 * Creates an API with its identifier, permission table and operations.
 *
 * @throws {AppError} `operator_only`, `invalid_request` for an invalid table or invalid operations,
 *   `already_exists` when the identifier or the given slug is in use
 */
export async function createApi(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  requireOperator(ctx)
  const permissions = requirePermissionTable(body.permissions)
  const scopes = scopesOf(permissions)
  const operations = body.operations ?? []
  requireOperations(operations, scopes)
  const grantedTo = await requireOrganizations(ctx, body.organizations ?? 'all')
  const now = ctx.clock.now()
  const api: StoredApi = {
    id: generateId('api', now, ctx.random),
    organizationId: ownerOf(ctx),
    slug: body.slug ?? slugFrom(body.name),
    name: body.name,
    identifier: body.identifier,
    builtIn: false,
    permissions,
    scopes,
    operations,
    tokenTtlSeconds: body.tokenTtlSeconds ?? TOKEN_TTL_SECONDS,
    signingAlgorithm: body.signingAlgorithm ?? 'ES256',
    grantedTo,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  const created = await ctx.mutate(async (tx) => {
    const result = await addApi(tx, api, body.slug === undefined)
    return { result, audit: auditCreated(result) }
  })
  return toApiResource(ctx, created)
}

/**
 * Inserts an API. If `isSlugDerived`, its slug was derived from the name and gets a suffix when it is in use.
 *
 * @throws {AppError} `already_exists` pointing at the identifier or the slug
 */
export async function addApi(
  tx: Writer,
  api: StoredApi,
  isSlugDerived: boolean,
): Promise<StoredApi> {
  if ((await findIdByIdentifier(tx, api.identifier)) !== undefined) throw taken('/identifier')
  const slugs = await selectSlugsLike(tx, api.slug.slice(0, SLUG_STEM))
  if (!isSlugDerived && slugs.has(api.slug)) throw taken('/slug')
  const created = { ...api, slug: freeSlug(api.slug, slugs) }
  await insertApi(tx, created)
  return created
}

function taken(pointer: string): AppError {
  const detail = 'Already used by another API'
  return new AppError('already_exists', {
    detail: `${detail}.`,
    fields: [{ pointer, code: 'taken', detail }],
  })
}
