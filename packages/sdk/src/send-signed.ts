import { encodeHex } from '@keyporter/protocol'
import type { AskedCall, FetchDeps } from './create-fetch.ts'
import { SdkError } from './sdk-error.ts'
import { AS_IT_IS, withBody } from './send-proxied.ts'

type Signed = Awaited<ReturnType<FetchDeps['sign']>>
type Bytes = Uint8Array<ArrayBuffer>
/** What Keyporter is told of a body. */
type Told = { readonly body?: string; readonly bodySha256?: string }

/** The longest body that Keyporter takes for signing. */
const TEXT_CHARACTERS_MAX = 1_048_576

/**
 * Has calls signed by Keyporter and sends them from here. Of a body Keyporter is told its SHA-256; the text
 * itself only where the signature is made of it. A body is read whole for that, unless the call says with
 * `X-Amz-Content-Sha256: UNSIGNED-PAYLOAD` that it goes unsigned.
 *
 * @throws {SdkError} what `calls.sign` throws, such as `not_signable`; what fails at the third party is `fetch`'s
 */
export function sendSigned({ settings, sign }: Omit<FetchDeps, 'authorization'>) {
  let takesText = false
  const signCall = async (call: AskedCall, bytes: Bytes | undefined): Promise<Signed> => {
    const { integrationId: id, method, path, headers, organizationId, signal } = call
    const listed = [...headers].map(([name, value]) => ({ name, value }))
    const ask = (told: Told) =>
      sign(
        {
          id,
          method,
          path: path.startsWith('/') ? path : `/${path}`,
          headers: listed,
          organizationId,
          ...told,
        },
        { signal },
      )
    if (bytes === undefined || bytes.length === 0) return ask({})
    const text = takesText ? textOf(bytes) : undefined
    if (text !== undefined) return ask({ body: text })
    try {
      return await ask({ bodySha256: await sha256(bytes) })
    } catch (error) {
      const whole = isRefused(error) ? textOf(bytes) : undefined
      if (whole === undefined) throw error
      const signed = await ask({ body: whole })
      takesText = true
      return signed
    }
  }

  return async (call: AskedCall): Promise<Response> => {
    const { body, method, signal } = call
    const isUnsigned = call.headers.get('x-amz-content-sha256') === 'UNSIGNED-PAYLOAD'
    const whole = body === undefined || isUnsigned ? undefined : await readWhole(call, body)
    const signed = await signCall(call, whole).catch((error: unknown) => {
      // As fetch itself does: what waits for it looks for the signal's own reason.
      signal?.throwIfAborted()
      throw error
    })
    const headers = new Headers()
    for (const { name, value } of signed.headers) headers.append(name, value)
    const sent = withBody(whole ?? body)
    return settings.fetch(signed.url, {
      method,
      headers,
      signal: signal ?? null,
      ...AS_IT_IS,
      ...sent,
    })
  }
}

/** With the content type that a body of its kind has, such as the boundary of a form. */
async function readWhole({ headers }: AskedCall, body: BodyInit): Promise<Bytes> {
  const read = new Response(body)
  const contentType = read.headers.get('content-type')
  const bytes = new Uint8Array(await read.arrayBuffer())
  if (contentType !== null && !headers.has('content-type')) headers.set('content-type', contentType)
  return bytes
}

/** Some signatures are made of the body itself: of its digest alone they cannot be. */
function isRefused(error: unknown): boolean {
  return error instanceof SdkError && error.code === 'invalid_request'
}

function textOf(bytes: Bytes): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.length > TEXT_CHARACTERS_MAX ? undefined : text
  } catch {
    return undefined
  }
}

async function sha256(bytes: Bytes): Promise<string> {
  return encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
