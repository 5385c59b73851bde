import type { Route } from '@keyporter/contract'
import { encodeHex } from '@keyporter/protocol'
import type { Settings } from './options.ts'

/** What can be said for one call alone. */
export type CallOptions = {
  /** The organization to act for; the client's unless given. */
  readonly organizationId?: string | undefined
  /** The version that was seen, from `versionOf`: the change is refused if it is no longer that. */
  readonly version?: number | undefined
  /** Makes a POST happen once within 24 hours; a new one for each call unless given. */
  readonly idempotencyKey?: string | undefined
  readonly timeoutMs?: number | undefined
  readonly retriesMax?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A request, written but not yet authenticated. */
export type Prepared = {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Whether sending it twice does no more than sending it once. */
  readonly repeatable: boolean
}

const KEY_BYTES = 16

/**
 * Writes the request of a route: the arguments go where the route's schemas have their names.
 *
 * @throws {TypeError} when an argument is unknown, or an id cannot stand in a path
 */
export function prepareRequest(
  settings: Pick<Settings, 'baseUrl' | 'organizationId'>,
  route: Route,
  call: {
    readonly args: Readonly<Record<string, unknown>>
    readonly options: CallOptions
    readonly accept?: string
  },
): Prepared {
  const { args, options, accept = 'application/json' } = call
  const parts = splitArguments(route, args)
  const organizationId =
    route.organization === false ? undefined : (options.organizationId ?? settings.organizationId)
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parts.query)) query.set(name, asText(value))
  if (organizationId !== undefined) query.set('organizationId', organizationId)
  const key = route.method === 'POST' ? idempotencyKey(route, options) : undefined
  return {
    url: `${settings.baseUrl}${fillPath(route.path, parts.params)}${query.size > 0 ? `?${query}` : ''}`,
    method: route.method,
    headers: {
      accept,
      ...(route.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(options.version === undefined ? {} : { 'if-match': `"${options.version}"` }),
      ...options.headers,
    },
    body: route.body === undefined ? undefined : JSON.stringify(parts.body),
    repeatable: key !== undefined || ['GET', 'PUT', 'DELETE'].includes(route.method),
  }
}

type Parts = Readonly<Record<'params' | 'query' | 'body', Record<string, unknown>>>

function splitArguments(route: Route, args: Readonly<Record<string, unknown>>): Parts {
  const parts: Parts = { params: {}, query: {}, body: {} }
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined) continue
    const place = (['params', 'query', 'body'] as const).find((part) => {
      const schema = route[part]
      return schema !== undefined && Object.hasOwn(schema.shape, name)
    })
    if (place === undefined) throw new TypeError(`${route.operationId} takes no argument ${name}`)
    parts[place][name] = value
  }
  return parts
}

function fillPath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/:(\w+)/g, (_placeholder, name: string) => {
    const text = asText(params[name] ?? '')
    // As a segment of a path these would lead elsewhere, however they are encoded.
    if (text === '' || text === '.' || text === '..') throw new TypeError(`${name}: not an id`)
    return encodeURIComponent(text)
  })
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Strangers have no keys: the server binds a key to who uses it. */
function idempotencyKey(route: Route, { idempotencyKey: given }: CallOptions): string | undefined {
  if (route.access === 'public') return undefined
  // Not randomUUID: browsers have it on secure pages alone.
  return given ?? encodeHex(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))
}
