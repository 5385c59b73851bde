import type { Authorization } from './authorization.ts'
import { callAddress } from './call-address.ts'
import type { Keyporter } from './client.ts'
import type { Settings } from './options.ts'
import { sendProxied } from './send-proxied.ts'
import { sendSigned } from './send-signed.ts'

/** What a `fetch` is bound to. */
export type CreateFetchOptions = {
  /** The integration that is called. */
  readonly integrationId: string
  /**
   * `proxy`: Keyporter makes the call, whatever way of signing in it has, and the secret never leaves it.
   * `sign`: Keyporter signs the call and this process makes it, so that nothing of the answer passes through
   * Keyporter, and of the request only what the signature needs. For `aws_sigv4`, `hmac_sha256` and `none`.
   */
  readonly via: 'proxy' | 'sign'
  /** Whose values; the client's unless given, else those of the caller's own organization. */
  readonly organizationId?: string | undefined
  /**
   * Where the calling code believes the third party to be: addresses below it are called, all others refused.
   * Needed for code that calls by whole addresses; without it, by paths below the integration's base URL.
   */
  readonly baseUrl?: string | undefined
}

/** With what calls are made. */
export type FetchDeps = {
  readonly settings: Settings
  readonly authorization: () => Authorization
  readonly sign: Keyporter['calls']['sign']
}

/** A call, taken apart. */
export type AskedCall = {
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
 * Makes a `fetch` that calls one integration.
 *
 * @throws {TypeError} when an option is not right
 */
export function createFetch(deps: FetchDeps, options: CreateFetchOptions): typeof fetch {
  const { integrationId, via, baseUrl, organizationId = deps.settings.organizationId } = options
  if (!/^\w+$/.test(integrationId)) throw new TypeError('integrationId: not an id')
  if (baseUrl !== undefined && !URL.canParse(baseUrl)) throw new TypeError('baseUrl: not a URL')
  requireAuthorization(deps.settings, via)
  const root = new URL(`${deps.settings.baseUrl}/proxy/${integrationId}`).href
  const send = via === 'proxy' ? sendProxied(deps) : sendSigned(deps)
  return async (input: string | URL | Request, init: RequestInit = {}) => {
    const request = readRequest(input, init)
    request.signal?.throwIfAborted()
    const address = callAddress(root, { asked: request.asked, baseUrl })
    return send({ ...request, ...address, integrationId, organizationId })
  }
}

/** The proxy takes no session: a page could be made to use it. */
function requireAuthorization({ authentication }: Settings, via: 'proxy' | 'sign'): void {
  if (via === 'proxy' && (authentication === 'session' || authentication === 'none'))
    throw new TypeError('Calls through the proxy need a clientId and a clientSecret')
}

function readRequest(input: string | URL | Request, init: RequestInit) {
  const given = input instanceof Request ? input : undefined
  const headers = new Headers(init.headers ?? given?.headers)
  const body = (init.body === undefined ? given?.body : init.body) ?? undefined
  return {
    asked: addressOf(input),
    method: (init.method ?? given?.method ?? 'GET').toUpperCase(),
    headers,
    body: typeof body === 'string' ? readText(body, headers) : body,
    signal: (init.signal === undefined ? given?.signal : init.signal) ?? undefined,
  }
}

function addressOf(input: string | URL | Request): string {
  if (typeof input === 'string') return input
  return input instanceof URL ? input.href : input.url
}

/** Of a text `fetch` would say `text/plain`, above the content type that the integration has. */
function readText(text: string, headers: Headers): BodyInit {
  return headers.has('content-type') ? text : new TextEncoder().encode(text)
}
