import { routes } from '@keyporter/contract'
import type { Plugin } from 'vite'

/**
 * Replaces the contract's route schemas by their field names. The SDK needs the names only, to place
 * arguments in path, query or body. Without the schemas the bundle does not contain zod (28 kB);
 * the server validates all requests.
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

function namesOf(resources: typeof routes): unknown {
  return Object.fromEntries(
    Object.entries(resources).map(([resource, operations]) => [
      resource,
      Object.fromEntries(
        Object.entries(operations).map(([operation, route]) => [operation, nameParts(route)]),
      ),
    ]),
  )
}

type Routes = typeof routes
type AnyRoute = { [R in keyof Routes]: Routes[R][keyof Routes[R]] }[keyof Routes]

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
