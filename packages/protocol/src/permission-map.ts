/** Permission maps: what an OpenAPI document says about which call needs which permission. */
import { isJsonObject } from './json.ts'
import { ownMember } from './permission-map/json-pointer.ts'
import {
  operationPermissions,
  type PermissionSources,
} from './permission-map/operation-permissions.ts'
import { type OpenApiOperation, readOperations } from './permission-map/operations.ts'
import {
  type PermissionAction,
  parsePermission,
  permissionActions,
  permissionScope,
} from './permission-map/permission-name.ts'
import { parsePermissionPattern } from './permission-map/permission-pattern.ts'
import {
  type OpenApiProblem,
  type OpenApiProblemCode,
  openApiProblem,
} from './permission-map/problem.ts'

/** One row of a permission table: the actions in the order read, write, delete. */
export type MappedResource = {
  readonly resource: string
  readonly actions: readonly PermissionAction[]
}

/** Method and path, and the permissions that a caller needs for them, all of them. */
export type MappedOperation = {
  readonly method: string
  readonly path: string
  readonly permissions: readonly string[]
}

/** What an API is made of: its permission table, and the permissions of every operation. */
export type PermissionMap = {
  /** By name. */
  readonly resources: readonly MappedResource[]
  /** The scope of every cell, `RESOURCE_ACTION`, in the order of the table. */
  readonly permissions: readonly string[]
  /** Every operation of the document, in its order; without permissions those of `unmapped`. */
  readonly operations: readonly MappedOperation[]
  /** The operations that no source names a permission for. Nobody may call them. */
  readonly unmapped: readonly { readonly method: string; readonly path: string }[]
}

/** How permissions are found where the document has no field for them. */
export type MapOpenApiOptions = {
  /** How descriptions name permissions, such as `Required API Permissions: *`. */
  readonly permissionPattern?: string | undefined
  /** Derives from tag × method what a given pattern leaves open. */
  readonly fallback?: 'tags' | undefined
}

/** A permission map, with the document's own title and servers; or at most 100 problems. */
export type MapOpenApiResult =
  | {
      readonly ok: true
      readonly map: PermissionMap
      readonly title?: string
      readonly servers: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly OpenApiProblem[] }

const OPERATIONS_MAX = 20_000
const RESOURCES_MAX = 500
const PROBLEMS_MAX = 100
const SERVERS_MAX = 100
const TEXT_LENGTH_MAX = 2_048
const VERSION_READ = /^3\.[01](?:\.\d{1,4})?$/

/**
 * The permission map of an OpenAPI 3.0 or 3.1 document, already parsed. Permissions of an operation
 * come from the first source that names any: `x-keyporter-permission`, `security` scopes, the
 * pattern over the description, and tag × method, which a given pattern switches off unless
 * `fallback` is `'tags'`.
 *
 * Nothing is fetched, and only `paths`, `security`, `info` and `servers` are looked at: references
 * between schemas may run in circles. At most 20,000 operations, 500 resources and 64 permissions
 * per operation. Servers come as written, with their variables, at most 100 of them; a title or
 * server over 2,048 characters or with a lone surrogate is left out.
 *
 * @see OpenAPI 3.1.1, "OpenAPI Object"
 * @example
 * mapOpenApi(document, { permissionPattern: 'Required API Permissions: *' })
 */
export function mapOpenApi(document: unknown, options: MapOpenApiOptions = {}): MapOpenApiResult {
  const pattern = parsePermissionPattern(options.permissionPattern ?? '')
  if (options.permissionPattern !== undefined && pattern === undefined) {
    return problemAt('', 'pattern_invalid')
  }
  if (!isJsonObject(document)) return problemAt('', 'document_not_object')
  const fault = checkVersion(document)
  if (fault !== undefined) return { ok: false, problems: [fault] }

  const mapped = mapOperations(document, {
    document: { value: document, pointer: '' },
    pattern,
    tags: pattern === undefined || options.fallback === 'tags',
  })
  if ('problems' in mapped) return { ok: false, problems: mapped.problems.slice(0, PROBLEMS_MAX) }
  const title = readText(ownMember(ownMember(document, 'info'), 'title'))
  return {
    ok: true,
    map: mapped,
    ...(title === undefined ? {} : { title }),
    servers: readServers(document),
  }
}

function checkVersion(document: Readonly<Record<string, unknown>>): OpenApiProblem | undefined {
  if (Object.hasOwn(document, 'swagger')) return openApiProblem('/swagger', 'version_swagger')
  const version = ownMember(document, 'openapi')
  // YAML reads an unquoted 3.1 as a number.
  if (typeof version !== 'string') return openApiProblem('/openapi', 'version_missing')
  return VERSION_READ.test(version) ? undefined : openApiProblem('/openapi', 'version_unsupported')
}

function mapOperations(
  document: Readonly<Record<string, unknown>>,
  sources: PermissionSources,
): PermissionMap | { readonly problems: readonly OpenApiProblem[] } {
  const entries = readOperations(document)
  if (entries.length === 0) return problemAt('/paths', 'operations_missing')
  if (entries.length > OPERATIONS_MAX) return problemAt('/paths', 'operations_too_many')

  const problems: OpenApiProblem[] = []
  const operations: MappedOperation[] = []
  for (const entry of entries) {
    const outcome = entry.kind === 'problem' ? entry : mapOperation(entry, sources)
    if (outcome.kind === 'problem') problems.push(outcome.problem)
    else operations.push(outcome.operation)
  }
  if (problems.length > 0) return { problems }
  const map = assemble(operations)
  return map.resources.length > RESOURCES_MAX ? problemAt('/paths', 'resources_too_many') : map
}

function mapOperation(found: OpenApiOperation, sources: PermissionSources) {
  const outcome = operationPermissions(found, sources)
  if (outcome.kind === 'problem') return outcome
  const { method, path } = found
  const operation: MappedOperation = { method, path, permissions: outcome.permissions }
  return { kind: 'mapped', operation } as const
}

function assemble(operations: readonly MappedOperation[]): PermissionMap {
  const used = new Set(operations.flatMap((operation) => operation.permissions))
  const resources = [...groupByResource(used)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([resource, actions]) => ({
      resource,
      actions: permissionActions.filter((action) => actions.has(action)),
    }))
  return {
    resources,
    permissions: resources.flatMap(({ resource, actions }) =>
      actions.map((action) => permissionScope({ resource, action })),
    ),
    operations,
    unmapped: operations
      .filter((operation) => operation.permissions.length === 0)
      .map(({ method, path }) => ({ method, path })),
  }
}

function groupByResource(permissions: Iterable<string>): Map<string, Set<PermissionAction>> {
  const groups = new Map<string, Set<PermissionAction>>()
  for (const name of permissions) {
    const permission = parsePermission(name)
    if (permission === undefined) continue
    const actions = groups.get(permission.resource) ?? new Set()
    groups.set(permission.resource, actions.add(permission.action))
  }
  return groups
}

function readServers(document: unknown): readonly string[] {
  const servers = ownMember(document, 'servers')
  if (!Array.isArray(servers)) return []
  return servers
    .slice(0, SERVERS_MAX)
    .map((server) => readText(ownMember(server, 'url')))
    .filter((url) => url !== undefined)
}

function readText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) return undefined
  const text = value.trim()
  return text !== '' && text.isWellFormed() ? text : undefined
}

function problemAt(
  pointer: string,
  code: OpenApiProblemCode,
): { readonly ok: false; readonly problems: readonly OpenApiProblem[] } {
  return { ok: false, problems: [openApiProblem(pointer, code)] }
}
