import type { FetchDeps, IntegrationCall } from './create-fetch.ts'
import { errorOfResponse, SdkError } from './sdk-error.ts'

/**
 * Sends calls through the proxy. Returns every upstream response, and throws errors of Keyporter. Renews a
 * rejected access token once, and repeats the call unless its body was a stream.
 *
 * @throws {SdkError}
 */
export function sendProxied({ settings, authorization }: Omit<FetchDeps, 'sign'>) {
  return async (call: IntegrationCall): Promise<Response> => {
    const authorized = authorization()
    for (let isRenewed = false; ; isRenewed = true) {
      const response = await sendOnce(settings.fetch, call, await authorized.headers())
      if (isUpstreamResponse(response)) return response
      const error = errorOfResponse(response, await response.text())
      const canRetry = error.status === 401 && !isRenewed && authorized.onUnauthorized()
      if (!canRetry || isStream(call.body)) throw error
    }
  }
}

async function sendOnce(
  fetch: FetchDeps['settings']['fetch'],
  { url, method, headers, body, organizationId, signal }: IntegrationCall,
  authorization: Readonly<Record<string, string>>,
): Promise<Response> {
  const sent = new Headers(headers)
  for (const [name, value] of Object.entries(authorization)) sent.set(name, value)
  if (organizationId !== undefined) sent.set('keyporter-organization', organizationId)
  const init = {
    method,
    headers: sent,
    signal: signal ?? null,
    ...FETCH_OPTIONS,
    ...withBody(body),
  }
  try {
    return await fetch(url, init)
  } catch (cause) {
    // Like fetch: an aborted call throws the reason of the signal.
    if (signal?.aborted === true) throw cause
    throw new SdkError('network_error', 'The server is not reachable.', { cause })
  }
}

/** Does not follow redirects, so that credentials and body never reach another host. */
export const FETCH_OPTIONS = { redirect: 'manual', credentials: 'omit' } as const

/** `fetch` requires `duplex: 'half'` for streamed bodies. */
export function withBody(body: BodyInit | undefined): { body?: BodyInit; duplex?: 'half' } {
  return body === undefined ? {} : { body, duplex: 'half' }
}

/** Keyporter removes this header from upstream responses and adds it itself. Browsers hide it in redirects. */
function isUpstreamResponse(response: Response): boolean {
  return (
    response.headers.get('keyporter-response-source') === 'upstream' ||
    response.type === 'opaqueredirect'
  )
}

function isStream(body: BodyInit | undefined): boolean {
  return body instanceof ReadableStream || Symbol.asyncIterator in Object(body)
}
