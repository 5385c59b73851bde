import { routes } from '@keyporter/contract'
import type { Plugin } from 'vite'

/**
 * Puts the names alone in the place of the contract's route records: which argument of which route goes into
 * path, query or body, and what an answer consists of. The client asks for nothing else; the schemas behind the names, and the library that
 * runs them (28 kB), stay with the server, which checks everything in any case.
 */
export function contractNames(): Plugin {
  return {
    name: 'contract-names',
    enforce: 'pre',
    transform: {
      filter: { id: /\/contract\/src\/routes\.ts$/ },
      handler: () => ({
        code: `export const routes = ${JSON.stringify(namesOf(routes))}\nexport const routeList = []`,
        map: null,
      }),
    },
  }
}

function namesOf(nouns: typeof routes): unknown {
  return Object.fromEntries(
    Object.entries(nouns).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(Object.entries(verbs).map(([verb, route]) => [verb, nameParts(route)])),
    ]),
  )
}

type Nouns = typeof routes
type AnyRoute = { [N in keyof Nouns]: Nouns[N][keyof Nouns[N]] }[keyof Nouns]

function nameParts(route: AnyRoute): Record<string, unknown> {
  const { operationId, method, path, access, organization } = {
    organization: undefined,
    ...route,
  }
  const parts = Object.fromEntries(
    (['params', 'query', 'body', 'response'] as const).flatMap((part) => {
      const schema: unknown = part in route ? Reflect.get(route, part) : undefined
      return hasShape(schema) ? [[part, { shape: zeros(Object.keys(schema.shape)) }]] : []
    }),
  )
  return { operationId, method, path, access, organization, ...parts }
}

function hasShape(schema: unknown): schema is { readonly shape: object } {
  return typeof schema === 'object' && schema !== null && 'shape' in schema
}

function zeros(names: readonly string[]): Record<string, 0> {
  return Object.fromEntries(names.map((name) => [name, 0]))
}
