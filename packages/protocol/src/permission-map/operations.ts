import { isJsonObject } from '../json.ts'
import { childPointer, followPointer, ownMember } from '../json-pointer.ts'
import { parsePathTemplate } from './path-template.ts'
import { type OpenApiProblem, type OpenApiProblemCode, openApiProblem } from './problem.ts'

/** An object of the document, and its JSON pointer. */
export type Located = {
  readonly value: Readonly<Record<string, unknown>>
  readonly pointer: string
}

/** One operation of the document. `method` is in upper case. */
export type OpenApiOperation = {
  readonly kind: 'operation'
  readonly method: string
  readonly path: string
  readonly operation: Located
  /** The path item and the path items that it references. Earlier ones take precedence. */
  readonly pathItems: readonly Located[]
}

/** A problem of the document. */
export type OpenApiProblemResult = { readonly kind: 'problem'; readonly problem: OpenApiProblem }

const METHODS = ['get', 'head', 'options', 'post', 'put', 'patch', 'delete', 'trace'] as const
const REFERENCES_MAX = 16
const REFERENCE_LENGTH_MAX = 4_096

/**
 * Returns the operations of `paths`, in the order of the document. Follows `$ref` of path items within the
 * document, up to 16 times; fields next to `$ref` take precedence. Ignores `x-…` fields, webhooks and
 * callbacks.
 *
 * @see OpenAPI 3.1.1, "Path Item Object"
 */
export function readOperations(
  document: unknown,
): readonly (OpenApiOperation | OpenApiProblemResult)[] {
  const paths = ownMember(document, 'paths')
  if (!isJsonObject(paths)) return [problemAt('/paths', 'paths_missing')]
  return Object.keys(paths)
    .filter((path) => !path.startsWith('x-'))
    .flatMap((path) => readPath(document, path))
}

function readPath(
  document: unknown,
  path: string,
): readonly (OpenApiOperation | OpenApiProblemResult)[] {
  // The pointer does not contain an invalid path, because it could contain anything.
  if (parsePathTemplate(path) === undefined) return [problemAt('/paths', 'path_invalid')]
  const resolved = resolvePathItem(document, childPointer('/paths', path))
  if (resolved.kind === 'problem') return [resolved]
  const { pathItems } = resolved
  return METHODS.map((name) => readOperation(path, pathItems, name)).filter(
    (entry) => entry !== undefined,
  )
}

function readOperation(
  path: string,
  pathItems: readonly Located[],
  name: string,
): OpenApiOperation | OpenApiProblemResult | undefined {
  const pathItem = pathItems.find((item) => Object.hasOwn(item.value, name))
  if (pathItem === undefined) return undefined
  const value = pathItem.value[name]
  const pointer = childPointer(pathItem.pointer, name)
  if (!isJsonObject(value)) return problemAt(pointer, 'operation_invalid')
  return {
    kind: 'operation',
    method: name.toUpperCase(),
    path,
    operation: { value, pointer },
    pathItems,
  }
}

/** Returns a path item and the path items that its `$ref` references, in order. */
function resolvePathItem(
  document: unknown,
  start: string,
): { readonly kind: 'resolved'; readonly pathItems: readonly Located[] } | OpenApiProblemResult {
  const pathItems: Located[] = []
  let pointer = start
  // The pointer to the current reference.
  let origin = start
  for (;;) {
    const value = followPointer(document, pointer)
    if (!isJsonObject(value)) {
      return problemAt(origin, origin === start ? 'path_item_invalid' : 'reference_unresolved')
    }
    if (pathItems.some((item) => item.value === value)) return problemAt(origin, 'reference_cyclic')
    if (pathItems.length > REFERENCES_MAX) return problemAt(origin, 'reference_too_long')
    pathItems.push({ value, pointer })
    if (!Object.hasOwn(value, '$ref')) return { kind: 'resolved', pathItems }

    origin = childPointer(pointer, '$ref')
    const reference = parseReference(value['$ref'])
    if (reference.kind === 'fault') return problemAt(origin, reference.code)
    pointer = reference.pointer
  }
}

/** @see RFC 6901 §6 */
function parseReference(
  reference: unknown,
):
  | { readonly kind: 'pointer'; readonly pointer: string }
  | { readonly kind: 'fault'; readonly code: OpenApiProblemCode } {
  if (typeof reference !== 'string' || reference.length > REFERENCE_LENGTH_MAX) {
    return { kind: 'fault', code: 'reference_unresolved' }
  }
  if (!reference.startsWith('#')) return { kind: 'fault', code: 'reference_external' }
  try {
    return { kind: 'pointer', pointer: decodeURIComponent(reference.slice(1)) }
  } catch {
    return { kind: 'fault', code: 'reference_unresolved' }
  }
}

function problemAt(pointer: string, code: OpenApiProblemCode): OpenApiProblemResult {
  return { kind: 'problem', problem: openApiProblem(pointer, code) }
}
