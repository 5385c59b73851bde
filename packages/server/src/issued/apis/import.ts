import { type Output, routes } from '@keyporter/contract'
import { diffPermissionMaps, generateId, type PermissionMap } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { notFound, requireOperator } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { auditCreated, auditUpdated, ownerOf } from './audit-entry.ts'
import { addApi, TOKEN_TTL_SECONDS } from './create.ts'
import { type ImportOutcome, importDocument } from './import-document.ts'
import { findIdByIdentifier, type StoredApi, selectApi } from './rows.ts'
import { type PermissionRow, requirePermissionTable, scopesOf, slugFrom } from './rules.ts'
import { requireChangeable, writeApi } from './update.ts'

type Route = typeof routes.apis.import
type Imported = Extract<ImportOutcome, { ok: true }>

/**
 * Imports permissions and operations from an OpenAPI document. Returns the changes, and applies them with `apply`.
 * The target is the API with the given id or identifier, or a new API. The document replaces the permission table
 * and the operations; descriptions of resources are kept.
 *
 * @throws {AppError} `operator_only`, `invalid_document` and `invalid_request` with all problems, `not_found`,
 *   `built_in_api`, `precondition_failed` after a concurrent update
 */
export async function importApi(
  ctx: Context,
  { bytes }: { readonly bytes: Uint8Array },
): Promise<Output<Route>> {
  requireOperator(ctx)
  const outcome = await importDocument(bytes)
  if (!outcome.ok) throw importProblem(outcome.problems)
  const before = await findTarget(ctx, outcome)
  if (before !== undefined) requireChangeable(before)
  const { map, request } = outcome
  const result = toResult(map, before)
  if (!request.apply) return { ...result, apiId: before?.id ?? null, applied: false }
  const apiId =
    before === undefined ? await addNew(ctx, outcome) : await replace(ctx, before, outcome)
  return { ...result, apiId, applied: true }
}

/** Imports a document, as JSON or YAML text, and applies the result. */
export async function importOpenApi(ctx: Context, openapi: string): Promise<Output<Route>> {
  return importApi(ctx, { bytes: Buffer.from(JSON.stringify({ openapi, apply: true })) })
}

async function findTarget(ctx: Context, imported: Imported): Promise<StoredApi | undefined> {
  const { apiId, identifier } = imported.request
  if (apiId === undefined) {
    const id = await findIdByIdentifier(ctx.db, identifierOf(imported))
    return id === undefined ? undefined : selectApi(ctx.db, ownerOf(ctx), id)
  }
  const named = await selectApi(ctx.db, ownerOf(ctx), apiId)
  if (named === undefined) throw notFound()
  if (identifier === undefined || identifier === named.identifier) return named
  const detail = 'The identifier of an API cannot be changed, because tokens contain it'
  throw importProblem([{ pointer: '/identifier', code: 'fixed', detail }])
}

async function addNew(ctx: Context, imported: Imported): Promise<string> {
  const now = ctx.clock.now()
  const name = nameOf(imported)
  const api: StoredApi = {
    id: generateId('api', now, ctx.random),
    organizationId: ownerOf(ctx),
    slug: slugFrom(name),
    name,
    identifier: identifierOf(imported),
    builtIn: false,
    ...tableOf(imported.map, []),
    tokenTtlSeconds: TOKEN_TTL_SECONDS,
    signingAlgorithm: 'ES256',
    grantedTo: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  return ctx.mutate(async (tx) => {
    const created = await addApi(tx, api, true)
    return { result: created.id, audit: auditCreated(created) }
  })
}

async function replace(ctx: Context, before: StoredApi, imported: Imported): Promise<string> {
  const after = {
    ...before,
    ...tableOf(imported.map, before.permissions),
    name: imported.request.name ?? before.name,
  }
  const audit = auditUpdated(before, after)
  if (audit === undefined) return before.id
  return ctx.mutate(async (tx) => {
    await writeApi(tx, { before, after, nowMs: ctx.clock.now() })
    return { result: before.id, audit }
  })
}

function tableOf(
  { resources, operations }: PermissionMap,
  current: readonly PermissionRow[],
): Pick<StoredApi, 'permissions' | 'scopes' | 'operations'> {
  const descriptions = new Map(current.map((row) => [row.resource, row.description]))
  const permissions = requirePermissionTable(
    resources.map((row) => ({ ...row, description: descriptions.get(row.resource) })),
  )
  return { permissions, scopes: scopesOf(permissions), operations }
}

function toResult(map: PermissionMap, before: StoredApi | undefined) {
  const current = { permissions: before?.scopes ?? [], operations: before?.operations ?? [] }
  const { added, removed, changed } = diffPermissionMaps(current, map)
  const toPart = (part: typeof added) => ({
    permissions: [...part.permissions],
    operations: [...part.operations],
  })
  return {
    resources: map.resources.map((row) => ({ ...row, actions: [...row.actions] })),
    permissions: [...map.permissions],
    operations: map.operations.map((one) => ({ ...one, permissions: [...one.permissions] })),
    unmapped: [...map.unmapped],
    diff: {
      added: toPart(added),
      removed: toPart(removed),
      changed: changed.map((one) => ({
        ...one,
        before: [...one.before],
        after: [...one.after],
      })),
    },
  }
}

const fields = routes.apis.create.body.shape
const NAME_LENGTH = 64

/** Returns the given name, or the document's title shortened to a valid name. */
function nameOf({ request, title }: Imported): string {
  if (request.name !== undefined) return request.name
  const words = Array.from((title ?? '').normalize('NFC').trim())
    .slice(0, NAME_LENGTH)
    .join('')
  const name = fields.name.safeParse(words)
  return name.success ? name.data : 'Imported API'
}

/** Returns the given identifier, or the document's first valid server URL, or a URN derived from the name. */
function identifierOf(imported: Imported): string {
  const { request, servers } = imported
  if (request.identifier !== undefined) return request.identifier
  const server = servers.find(
    (url) => /^https?:\/\/[^{}]+$/.test(url) && fields.identifier.safeParse(url).success,
  )
  return server ?? `urn:keyporter:api:${slugFrom(nameOf(imported))}`
}

function importProblem(problems: Extract<ImportOutcome, { ok: false }>['problems']): AppError {
  const inDocument = problems.some(({ pointer }) => pointer.startsWith('/openapi'))
  const [first] = problems
  return new AppError(inDocument ? 'invalid_document' : 'invalid_request', {
    ...(first === undefined ? {} : { detail: `${first.pointer}: ${first.detail}` }),
    fields: problems,
  })
}
