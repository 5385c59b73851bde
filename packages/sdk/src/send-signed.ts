import { encodeHex } from '@keyporter/protocol'
import type { FetchDeps, IntegrationCall } from './create-fetch.ts'
import { SdkError } from './sdk-error.ts'
import { FETCH_OPTIONS, withBody } from './send-proxied.ts'

type Signed = Awaited<ReturnType<FetchDeps['sign']>>
type Bytes = Uint8Array<ArrayBuffer>
/** The body, or its digest, in a signing request. */
type BodyInput = { readonly body?: string; readonly bodySha256?: string }

/** The maximum body of a signing request. */
const TEXT_CHARACTERS_MAX = 1_048_576

/**
 * Lets Keyporter sign calls, and sends them from this process. Keyporter receives the SHA-256 of the body, or
 * the body itself if the signature requires it. Reads the whole body, unless the call has the header
 * `X-Amz-Content-Sha256: UNSIGNED-PAYLOAD`.
 *
 * @throws {SdkError} errors of `calls.sign`, such as `not_signable`. Errors of the upstream are those of `fetch`.
 */
export function sendSigned({ settings, sign }: Omit<FetchDeps, 'authorization'>) {
  let needsBody = false
  const signCall = async (call: IntegrationCall, bytes: Bytes | undefined): Promise<Signed> => {
    const { integrationId: id, method, path, headers, organizationId, signal } = call
    const headerList = [...headers].map(([name, value]) => ({ name, value }))
    const requestSignature = (bodyInput: BodyInput) =>
      sign(
        {
          id,
          method,
          path: path.startsWith('/') ? path : `/${path}`,
          headers: headerList,
          organizationId,
          ...bodyInput,
        },
        { signal },
      )
    if (bytes === undefined || bytes.length === 0) return requestSignature({})
    const text = needsBody ? textOf(bytes) : undefined
    if (text !== undefined) return requestSignature({ body: text })
    try {
      return await requestSignature({ bodySha256: await sha256(bytes) })
    } catch (error) {
      const whole = isInvalidRequest(error) ? textOf(bytes) : undefined
      if (whole === undefined) throw error
      const signed = await requestSignature({ body: whole })
      needsBody = true
      return signed
    }
  }

  return async (call: IntegrationCall): Promise<Response> => {
    const { body, method, signal } = call
    const isUnsigned = call.headers.get('x-amz-content-sha256') === 'UNSIGNED-PAYLOAD'
    const whole = body === undefined || isUnsigned ? undefined : await readWhole(call, body)
    const signed = await signCall(call, whole).catch((error: unknown) => {
      // Like fetch: an aborted call throws the reason of the signal.
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
      ...FETCH_OPTIONS,
      ...sent,
    })
  }
}

/** Reads the body, and adds the default content type of its kind, such as the boundary of a form. */
async function readWhole({ headers }: IntegrationCall, body: BodyInit): Promise<Bytes> {
  const read = new Response(body)
  const contentType = read.headers.get('content-type')
  const bytes = new Uint8Array(await read.arrayBuffer())
  if (contentType !== null && !headers.has('content-type')) headers.set('content-type', contentType)
  return bytes
}

/** Some schemes sign the body, and reject a request with only its digest. */
function isInvalidRequest(error: unknown): boolean {
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
