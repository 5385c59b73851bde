import type { AskedCall, FetchDeps } from './create-fetch.ts'
import { errorOfAnswer, SdkError } from './sdk-error.ts'

/**
 * Sends calls through Keyporter's proxy. What the third party answers is given back as it is, and a refusal
 * of Keyporter's is thrown. An access token that it refuses is renewed, once, and the call made again where
 * its body is still there.
 *
 * @throws {SdkError}
 */
export function sendProxied({ settings, authorization }: Omit<FetchDeps, 'sign'>) {
  return async (call: AskedCall): Promise<Response> => {
    const who = authorization()
    for (let isRenewed = false; ; isRenewed = true) {
      const response = await reach(settings.fetch, call, await who.headers())
      if (isTheirs(response)) return response
      const error = errorOfAnswer(response, await response.text())
      const mayHelp = error.status === 401 && !isRenewed && who.renew()
      if (!mayHelp || isStream(call.body)) throw error
    }
  }
}

async function reach(
  fetch: FetchDeps['settings']['fetch'],
  { url, method, headers, body, organizationId, signal }: AskedCall,
  who: Readonly<Record<string, string>>,
): Promise<Response> {
  const sent = new Headers(headers)
  for (const [name, value] of Object.entries(who)) sent.set(name, value)
  if (organizationId !== undefined) sent.set('keyporter-organization', organizationId)
  const init = { method, headers: sent, signal: signal ?? null, ...AS_IT_IS, ...withBody(body) }
  try {
    return await fetch(url, init)
  } catch (cause) {
    // As fetch itself does: what waits for it looks for the signal's own reason.
    if (signal?.aborted === true) throw cause
    throw new SdkError('network_error', 'The server cannot be reached.', { cause })
  }
}

/** A redirect is an answer like others: nobody follows it with what was meant for the third party. */
export const AS_IT_IS = { redirect: 'manual', credentials: 'omit' } as const

/** A body that flows is sent while the answer is not there yet: `fetch` wants to be told. */
export function withBody(body: BodyInit | undefined): { body?: BodyInit; duplex?: 'half' } {
  return body === undefined ? {} : { body, duplex: 'half' }
}

/** No third party can write this header, and no refusal of Keyporter's has it. Browsers hide it in a redirect. */
function isTheirs(response: Response): boolean {
  return (
    response.headers.get('keyporter-answer') === 'upstream' || response.type === 'opaqueredirect'
  )
}

function isStream(body: BodyInit | undefined): boolean {
  return body instanceof ReadableStream || Symbol.asyncIterator in Object(body)
}
