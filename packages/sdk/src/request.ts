import type { Route } from '@keyporter/contract'
import { encodeHex } from '@keyporter/protocol'
import type { Settings } from './options.ts'

/** Options of one call. */
export type CallOptions = {
  /** The organization to act for. Default: the organization of the client. */
  readonly organizationId?: string | undefined
  /** The expected version, from `versionOf`. The change is rejected if the resource has another version. */
  readonly version?: number | undefined
  /** The idempotency key of a POST, valid for 24 hours. Default: a new key for each call. */
  readonly idempotencyKey?: string | undefined
  /** The timeout of each attempt. Default: the timeout of the client. */
  readonly timeoutMs?: number | undefined
  /** Maximum number of retries of an idempotent request. Default: that of the client. */
  readonly retriesMax?: number | undefined
  /** Aborts the call, including the pauses before retries. */
  readonly signal?: AbortSignal | undefined
  /** Additional request headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A request without authorization. */
export type PreparedRequest = {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Whether a retry is safe. */
  readonly canRetry: boolean
}

const IDEMPOTENCY_KEY_BYTES = 16

/**
 * Returns the request of a route. The schemas of the route determine whether an argument belongs to the path,
 * the query or the body.
 *
 * @throws {TypeError} when an argument is unknown, or an ID is not valid in a path
 */
export function prepareRequest(
  settings: Pick<Settings, 'baseUrl' | 'organizationId'>,
  route: Route,
  call: {
    readonly args: Readonly<Record<string, unknown>>
    readonly options: CallOptions
    readonly accept?: string
  },
): PreparedRequest {
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
    canRetry: key !== undefined || ['GET', 'PUT', 'DELETE'].includes(route.method),
  }
}

type Parts = Readonly<Record<'params' | 'query' | 'body', Record<string, unknown>>>

function splitArguments(route: Route, args: Readonly<Record<string, unknown>>): Parts {
  const parts: Parts = { params: {}, query: {}, body: {} }
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined) continue
    const target = (['params', 'query', 'body'] as const).find((part) => {
      const schema = route[part]
      return schema !== undefined && Object.hasOwn(schema.shape, name)
    })
    if (target === undefined) throw new TypeError(`${route.operationId} has no argument ${name}.`)
    parts[target][name] = value
  }
  return parts
}

function fillPath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/:(\w+)/g, (_placeholder, name: string) => {
    const text = asText(params[name] ?? '')
    // These segments change the path in any encoding.
    if (text === '' || text === '.' || text === '..')
      throw new TypeError(`${name} is not a valid ID.`)
    return encodeURIComponent(text)
  })
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Anonymous requests have no key, because the server binds a key to the caller. */
function idempotencyKey(route: Route, { idempotencyKey: given }: CallOptions): string | undefined {
  if (route.access === 'public') return undefined
  // Not randomUUID, which browsers only provide on secure pages.
  return given ?? encodeHex(crypto.getRandomValues(new Uint8Array(IDEMPOTENCY_KEY_BYTES)))
}
