import { buildOpenApi, type Route, routeList } from '@keyporter/contract'

/** The place of one leaf value in a body, such as `permissions/0/resource`. */
export type BodyField = { readonly path: readonly string[]; readonly types: readonly string[] }

/**
 * Returns every place in a route's body, as the contract describes the body. Includes nested
 * objects and lists.
 */
export function listBodyFields(route: Route): readonly BodyField[] {
  const types = new Map<string, string[]>()
  for (const [path, type] of collectLeaves(schemaOf(route), [])) {
    const name = path.join('/')
    types.set(name, [...(types.get(name) ?? []), type])
  }
  return [...types].map(([name, all]) => ({ path: name.split('/'), types: all }))
}

/** Returns the places that accept free text. */
export function listTextFields(route: Route): readonly BodyField[] {
  return listBodyFields(route).filter(({ types }) => types.includes('string'))
}

/** The routes that accept a body. */
export const bodyRoutes: readonly Route[] = routeList.filter(({ body }) => body !== undefined)

/** Returns the value at a place, or undefined. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined || typeof value !== 'object' || value === null) {
    return name === undefined ? value : undefined
  }
  return valueAt(Object.entries(value).find(([key]) => key === name)?.[1], rest)
}

/** Returns a copy with another value at a place. Creates missing lists and objects on the path. */
export function withValueAt(value: unknown, path: readonly string[], part: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return part
  if (name === '0') return [withValueAt(Array.isArray(value) ? value[0] : undefined, rest, part)]
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const known = members.find(([key]) => key === name)?.[1]
  return { ...Object.fromEntries(members), [name]: withValueAt(known, rest, part) }
}

/** The subset of JSON Schema that the contract uses. */
type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

const { paths } = buildOpenApi({ serverUrl: 'http://localhost' })

function schemaOf({ path, method }: Route): Schema {
  const operation = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
  return valueAt(operation, ['requestBody', 'content', 'application/json', 'schema']) ?? {}
}

function collectLeaves(
  schema: Schema,
  path: readonly string[],
): (readonly [readonly string[], string])[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => collectLeaves(one, path))
  if (schema.type === 'array') return collectLeaves(schema.items ?? {}, [...path, '0'])
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, part]) =>
      collectLeaves(part, [...path, name]),
    )
  }
  const isFixed = schema.enum !== undefined || schema.const !== undefined
  return path.length === 0 ? [] : [[path, isFixed ? 'fixed' : (schema.type ?? 'any')]]
}
