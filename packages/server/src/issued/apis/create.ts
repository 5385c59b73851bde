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

// An ending that makes a slug unique may take the place of its last characters.
const SLUG_STEM = 56

/** Longest life of a token, and what an api has unless it says otherwise. */
export const TOKEN_TTL_SECONDS = 3_600

/**
 * Describes an api to protect: its identifier, its permission table, and which operation needs what.
 *
 * @throws {AppError} `operator_only`, `invalid_request` for a table or operations that do not fit,
 *   `already_exists` when the identifier or a given slug is taken
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
  const made = await ctx.mutate(async (tx) => {
    const result = await addApi(tx, api, body.slug === undefined)
    return { result, audit: auditCreated(result) }
  })
  return toApiResource(ctx, made)
}

/**
 * Adds an api; a slug that was made of its name is made unique.
 *
 * @throws {AppError} `already_exists` pointing at the identifier or the slug
 */
export async function addApi(tx: Writer, api: StoredApi, ownSlug: boolean): Promise<StoredApi> {
  if ((await findIdByIdentifier(tx, api.identifier)) !== undefined) throw taken('/identifier')
  const slugs = await selectSlugsLike(tx, api.slug.slice(0, SLUG_STEM))
  if (!ownSlug && slugs.has(api.slug)) throw taken('/slug')
  const made = { ...api, slug: freeSlug(api.slug, slugs) }
  await insertApi(tx, made)
  return made
}

function taken(pointer: string): AppError {
  const detail = 'Another api has it already'
  return new AppError('already_exists', {
    detail: `${detail}.`,
    fields: [{ pointer, code: 'taken', detail }],
  })
}
