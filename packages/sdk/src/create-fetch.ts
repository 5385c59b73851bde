import type { RequestAuthorization } from './authorization.ts'
import { callUrl } from './call-url.ts'
import type { Keyporter } from './client.ts'
import type { Settings } from './options.ts'
import { sendProxied } from './send-proxied.ts'
import { sendSigned } from './send-signed.ts'

/** Options of `createFetch`. */
export type CreateFetchOptions = {
  /** The integration to call. */
  readonly integrationId: string
  /**
   * `proxy`: Keyporter sends the request, and the secret never leaves it. Supports every authentication type.
   * `sign`: Keyporter signs the request and this process sends it. Keyporter receives only the signed parts of
   * the request, and no response. Supports the authentication types that sign
   * requests, and `none`.
   */
  readonly via: 'proxy' | 'sign'
  /** The owner of the connection. Default: the organization of the client, else of the caller. */
  readonly organizationId?: string | undefined
  /**
   * The base URL in the calling code. Required for code that uses absolute URLs: URLs below it are called, all
   * others are rejected. Code that uses paths does not need it.
   */
  readonly baseUrl?: string | undefined
}

/** The dependencies of `createFetch`. */
export type FetchDeps = {
  readonly settings: Settings
  readonly authorization: () => RequestAuthorization
  readonly sign: Keyporter['calls']['sign']
}

/** A parsed call to an integration. */
export type IntegrationCall = {
  readonly url: string
  readonly path: string
  readonly integrationId: string
  readonly organizationId: string | undefined
  readonly method: string
  readonly headers: Headers
  readonly body: BodyInit | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * Returns a `fetch` function that calls one integration.
 *
 * @throws {TypeError} when an option is invalid
 */
export function createFetch(deps: FetchDeps, options: CreateFetchOptions): typeof fetch {
  const { integrationId, via, baseUrl, organizationId = deps.settings.organizationId } = options
  if (!/^\w+$/.test(integrationId)) throw new TypeError('integrationId is not a valid ID.')
  if (baseUrl !== undefined && !URL.canParse(baseUrl))
    throw new TypeError('baseUrl must be an absolute URL.')
  requireAuthorization(deps.settings, via)
  const root = new URL(`${deps.settings.baseUrl}/proxy/${integrationId}`).href
  const send = via === 'proxy' ? sendProxied(deps) : sendSigned(deps)
  return async (input: string | URL | Request, init: RequestInit = {}) => {
    const request = readRequest(input, init)
    request.signal?.throwIfAborted()
    const target = callUrl(root, { input: request.input, baseUrl })
    return send({ ...request, ...target, integrationId, organizationId })
  }
}

/** The proxy rejects sessions, because a web page could misuse them. */
function requireAuthorization({ authentication }: Settings, via: 'proxy' | 'sign'): void {
  if (via === 'proxy' && (authentication === 'session' || authentication === 'none'))
    throw new TypeError('Calls through the proxy require clientId and clientSecret.')
}

function readRequest(input: string | URL | Request, init: RequestInit) {
  const given = input instanceof Request ? input : undefined
  const headers = new Headers(init.headers ?? given?.headers)
  const body = (init.body === undefined ? given?.body : init.body) ?? undefined
  return {
    input: urlOf(input),
    method: (init.method ?? given?.method ?? 'GET').toUpperCase(),
    headers,
    body: typeof body === 'string' ? readText(body, headers) : body,
    signal: (init.signal === undefined ? given?.signal : init.signal) ?? undefined,
  }
}

function urlOf(input: string | URL | Request): string {
  if (typeof input === 'string') return input
  return input instanceof URL ? input.href : input.url
}

/** Converts text to bytes, because `fetch` would add `text/plain`, which replaces the content type of the integration. */
function readText(text: string, headers: Headers): BodyInit {
  return headers.has('content-type') ? text : new TextEncoder().encode(text)
}
