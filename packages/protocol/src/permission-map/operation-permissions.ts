import { isJsonObject } from '../json.ts'
import { childPointer, ownMember } from '../json-pointer.ts'
import type { Located, OpenApiOperation, OpenApiProblemResult } from './operations.ts'
import { parsePermission, parseResource, permissionScope } from './permission-name.ts'
import { findNames, type PermissionPattern, splitNames } from './permission-pattern.ts'
import { type OpenApiProblemCode, openApiProblem } from './problem.ts'

/** The sources of permissions outside of the operation. */
export type PermissionSources = {
  /** The document, whose `security` applies to operations without their own. */
  readonly document: Located
  readonly pattern: PermissionPattern | undefined
  /** Whether to derive permissions from tag and method if no other source contains any. */
  readonly deriveFromTags: boolean
}

/** The unique scopes that an operation requires. Empty if no source contains any. */
export type OperationPermissions =
  | { readonly kind: 'permissions'; readonly permissions: readonly string[] }
  | OpenApiProblemResult

type Names = { readonly kind: 'names'; readonly names: readonly string[]; readonly pointer: string }
type Source = (
  found: OpenApiOperation,
  sources: PermissionSources,
) => Names | OpenApiProblemResult | undefined

const FIELD = 'x-keyporter-permission'
const NAMES_MAX = 64
const ACTION_OF_METHOD: ReadonlyMap<string, string> = new Map([
  ['GET', 'READ'],
  ['HEAD', 'READ'],
  ['OPTIONS', 'READ'],
  ['POST', 'WRITE'],
  ['PUT', 'WRITE'],
  ['PATCH', 'WRITE'],
  ['DELETE', 'DELETE'],
])
// v1, v2beta1, 1.0 and 2019-01-01 are prefixes, not resources. So is `api`, unless it is the only segment.
const VERSION = /^v?\d[\d._-]*(?:alpha|beta|rc)?\d*$/i

/** The sources in order of precedence. */
const SOURCES: readonly Source[] = [namesInField, namesInSecurity, namesInDescription, nameFromTag]

/**
 * Returns the permissions of an operation, from the first source that contains any:
 *
 * 1. `x-keyporter-permission` of the operation, else of its path item: a list, or names separated by
 *    commas or white space.
 * 2. The scopes in `security` of the operation, else of the document. The requirements are alternatives:
 *    the first one with a scope counts, with all its scopes.
 * 3. The description, with the pattern.
 * 4. Tag and method: the first tag, else the first path segment that is not a parameter, a version or
 *    `api`. GET, HEAD and OPTIONS read, POST, PUT and PATCH write, DELETE deletes.
 *
 * A name that `parsePermission` rejects is a problem, because the operation would otherwise require fewer
 * permissions than documented. More than 64 names are a problem, too.
 */
export function operationPermissions(
  found: OpenApiOperation,
  sources: PermissionSources,
): OperationPermissions {
  for (const source of SOURCES) {
    const named = source(found, sources)
    if (named?.kind === 'problem') return named
    if (named !== undefined && named.names.length > 0) return toPermissions(named)
  }
  return { kind: 'permissions', permissions: [] }
}

function toPermissions({ names, pointer }: Names): OperationPermissions {
  if (names.length > NAMES_MAX) return problemAt(pointer, 'permissions_too_many')
  const permissions = new Set<string>()
  for (const name of names) {
    const permission = parsePermission(name)
    if (permission === undefined) return problemAt(pointer, 'permission_inexpressible')
    permissions.add(permissionScope(permission))
  }
  return { kind: 'permissions', permissions: [...permissions] }
}

function namesInField(found: OpenApiOperation): Names | OpenApiProblemResult | undefined {
  const source = [found.operation, ...found.pathItems].find((item) =>
    Object.hasOwn(item.value, FIELD),
  )
  if (source === undefined) return undefined
  const pointer = childPointer(source.pointer, FIELD)
  const names = readField(source.value[FIELD])
  // An empty field does not mean "public", because that would allow calls by mistake.
  return names.length === 0
    ? problemAt(pointer, 'permission_field_invalid')
    : { kind: 'names', names, pointer }
}

function readField(field: unknown): readonly string[] {
  return typeof field === 'string' ? splitNames(field) : (readNames(field) ?? [])
}

function namesInSecurity(
  found: OpenApiOperation,
  { document }: PermissionSources,
): Names | OpenApiProblemResult | undefined {
  const source = Object.hasOwn(found.operation.value, 'security') ? found.operation : document
  const security = ownMember(source.value, 'security')
  if (security === undefined) return undefined
  const pointer = childPointer(source.pointer, 'security')
  if (!Array.isArray(security)) return problemAt(pointer, 'security_invalid')
  if (security.length > NAMES_MAX) return problemAt(pointer, 'permissions_too_many')
  const alternatives = security.map(scopesOfRequirement)
  if (alternatives.includes(undefined)) return problemAt(pointer, 'security_invalid')
  const names = alternatives.find((scopes) => scopes !== undefined && scopes.length > 0)
  return names === undefined ? undefined : { kind: 'names', names, pointer }
}

/** Returns the scopes of all schemes of one requirement, or `undefined` if it is malformed. */
function scopesOfRequirement(requirement: unknown): readonly string[] | undefined {
  if (!isJsonObject(requirement)) return undefined
  const lists = Object.values(requirement)
    // In YAML, `- basic:` without a list is null.
    .map((list) => (list === null ? [] : readNames(list)))
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? [])
}

/** Returns a list of non-empty strings, or `undefined` for other values. */
function readNames(list: unknown): readonly string[] | undefined {
  if (!Array.isArray(list)) return undefined
  const names = list.filter(isName)
  return names.length === list.length ? names : undefined
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function namesInDescription(
  { operation }: OpenApiOperation,
  { pattern }: PermissionSources,
): Names | undefined {
  const description = ownMember(operation.value, 'description')
  if (pattern === undefined || typeof description !== 'string') return undefined
  const names = findNames(description, pattern)
  return { kind: 'names', names, pointer: childPointer(operation.pointer, 'description') }
}

function nameFromTag(
  found: OpenApiOperation,
  { deriveFromTags }: PermissionSources,
): Names | undefined {
  const action = ACTION_OF_METHOD.get(found.method)
  const resource = resourceOfTag(found.operation) ?? resourceOfPath(found.path)
  if (!deriveFromTags || action === undefined || resource === undefined) return undefined
  return { kind: 'names', names: [`${resource}_${action}`], pointer: found.operation.pointer }
}

function resourceOfTag(operation: Located): string | undefined {
  const tag = ownMember(ownMember(operation.value, 'tags'), '0')
  return typeof tag === 'string' ? parseResource(tag) : undefined
}

function resourceOfPath(path: string): string | undefined {
  const resources = path
    .split('/')
    .filter((segment) => !segment.includes('{') && !VERSION.test(segment))
    .map(parseResource)
    .filter((resource) => resource !== undefined)
  return resources.find((resource) => resource !== 'API') ?? resources[0]
}

function problemAt(pointer: string, code: OpenApiProblemCode): OpenApiProblemResult {
  return { kind: 'problem', problem: openApiProblem(pointer, code) }
}
