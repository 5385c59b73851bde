/** Permission maps: the permissions that the operations of an OpenAPI document require. */
import { isJsonObject } from './json.ts'
import { ownMember } from './json-pointer.ts'
import {
  operationPermissions,
  type PermissionSources,
} from './permission-map/operation-permissions.ts'
import { type OpenApiOperation, readOperations } from './permission-map/operations.ts'
import {
  PERMISSION_ACTIONS,
  type PermissionAction,
  parsePermission,
  permissionScope,
} from './permission-map/permission-name.ts'
import { parsePermissionPattern } from './permission-map/permission-pattern.ts'
import {
  type OpenApiProblem,
  type OpenApiProblemCode,
  openApiProblem,
} from './permission-map/problem.ts'

/** One row of a permission table: a resource and its actions, in the order read, write, delete. */
export type MappedResource = {
  readonly resource: string
  readonly actions: readonly PermissionAction[]
}

/** An operation and every permission that it requires. */
export type MappedOperation = {
  readonly method: string
  readonly path: string
  readonly permissions: readonly string[]
}

/** The permission table of an API, and the permissions of every operation. */
export type PermissionMap = {
  /** Sorted by name. */
  readonly resources: readonly MappedResource[]
  /** The scope `RESOURCE_ACTION` of every cell, in the order of the table. */
  readonly permissions: readonly string[]
  /** Every operation, in the order of the document. Operations in `unmapped` have no permissions. */
  readonly operations: readonly MappedOperation[]
  /** Operations without permissions in any source. No credential can call them. */
  readonly unmapped: readonly { readonly method: string; readonly path: string }[]
}

/** Additional sources of permissions. */
export type MapOpenApiOptions = {
  /** The text around permissions in descriptions, with `*` for the permissions, such as `Required API Permissions: *`. */
  readonly permissionPattern?: string | undefined
  /** With a pattern: derive permissions from tag and method where the pattern does not match. */
  readonly fallback?: 'tags' | undefined
}

/** The permission map with the title and servers of the document, or at most 100 problems. */
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
 * Returns the permission map of a parsed OpenAPI 3.0 or 3.1 document. The permissions of an operation come
 * from the first source that contains any: `x-keyporter-permission`, `security` scopes, the pattern in the
 * description, and tag and method. With a pattern, tag and method require `fallback: 'tags'`.
 *
 * Fetches nothing and reads only `paths`, `security`, `info` and `servers`, so schemas can be cyclic.
 * Limits: 20,000 operations, 500 resources, 64 permissions per operation, and 100 servers, whose variables
 * are not replaced. Omits a title or server with over 2,048 characters or a lone surrogate.
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
    deriveFromTags: pattern === undefined || options.fallback === 'tags',
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
  // YAML parses an unquoted 3.1 as a number.
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
  const map = buildMap(operations)
  return map.resources.length > RESOURCES_MAX ? problemAt('/paths', 'resources_too_many') : map
}

function mapOperation(found: OpenApiOperation, sources: PermissionSources) {
  const outcome = operationPermissions(found, sources)
  if (outcome.kind === 'problem') return outcome
  const { method, path } = found
  const operation: MappedOperation = { method, path, permissions: outcome.permissions }
  return { kind: 'mapped', operation } as const
}

function buildMap(operations: readonly MappedOperation[]): PermissionMap {
  const used = new Set(operations.flatMap((operation) => operation.permissions))
  const resources = [...groupByResource(used)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([resource, actions]) => ({
      resource,
      actions: PERMISSION_ACTIONS.filter((action) => actions.has(action)),
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
