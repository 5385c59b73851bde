import { once } from 'node:events'
import { type IncomingMessage, request as sendRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import {
  type AuthenticatedRequest,
  type AwsSigV4Auth,
  authenticateRequest,
  type Header,
  type OutgoingRequest,
  presignAwsSigV4,
} from '@keyporter/protocol'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { bytesBody, outgoing, signingContext } from '../support/outgoing-request.ts'
import { requireSystemPackage } from '../support/system-packages.ts'
import { type SwiftServer, startSwift, swiftUser } from './swift-server.ts'

type SwiftResponse = { readonly status: number; readonly text: string; readonly headers: Headers }
type Parts = Partial<OutgoingRequest>
/** Changes a request between signing and sending. */
type Tamper = (
  signed: AuthenticatedRequest,
) => Partial<AuthenticatedRequest> & { readonly body?: string }

const auth: AwsSigV4Auth = {
  kind: 'aws_sigv4',
  ...swiftUser,
  region: 'us-east-1',
  service: 's3',
}

let starting: Promise<SwiftServer> | undefined
beforeEach(async (ctx) => {
  requireSystemPackage(ctx, 'python3-swift')
  if (starting !== undefined) return
  starting = startSwift()
  await sendSigned({ method: 'PUT', path: '/bucket' })
})
afterAll(async () => {
  await (await starting)?.stop()
})

describe('Swift, which verifies AWS signatures,', () => {
  it('accepts signed requests to write, read and list', async () => {
    expect(await put('/bucket/plain.txt', 'content')).toMatchObject({ status: 200 })
    const found = await sendSigned({ path: '/bucket/plain.txt' })
    expect(found).toMatchObject({ status: 200, text: 'content' })
    const list = await sendSigned({
      path: '/bucket',
      query: 'prefix=plain&max-keys=2&delimiter=%2F',
    })
    expect(list).toMatchObject({ status: 200 })
    expect(list.text).toContain('<Key>plain.txt</Key>')
  })

  it('accepts a signed session token', async () => {
    const path = '/bucket/temporary'
    expect(await put(path, 'x', { ...auth, sessionToken: 'a token' })).toMatchObject({
      status: 200,
    })
  })

  it('accepts headers with extra white space, repeated names and non-ASCII bytes', async () => {
    const path = '/bucket/described'
    const headers = [
      { name: 'X-Amz-Meta-Note', value: '  two \t words  ' },
      { name: 'X-Amz-Meta-List', value: 'a' },
      { name: 'x-amz-meta-list', value: ' b ' },
      // "Zoë" in UTF-8, one character per byte.
      { name: 'X-Amz-Meta-Name', value: 'Zo\u00C3\u00AB' },
      { name: 'Content-Type', value: 'text/plain' },
      { name: 'User-Agent', value: 'not signed' },
    ]
    const body = bytesBody('x')
    expect(await sendSigned({ method: 'PUT', path, headers, body })).toMatchObject({ status: 200 })
    const stored = await sendSigned({ method: 'HEAD', path })
    expect(stored.headers.get('x-amz-meta-note')).toBe('two \t words')
    expect(stored.headers.get('content-type')).toBe('text/plain')
  })
})

describe('Swift rejects', () => {
  const path = '/bucket/untouched'
  const code = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1]
  const errorOf = async (response: Promise<SwiftResponse>) => {
    const { status, text } = await response
    return [status, code(text)]
  }
  const shifted = (byMs: number) => Date.now() + byMs
  const alterHeader =
    (name: string, change: (value: string) => string): Tamper =>
    ({ headers }) => ({
      headers: headers.map((header) =>
        header.name === name ? { name, value: change(header.value) } : header,
      ),
    })

  it('a wrong secret and an unknown access key', async () => {
    const wrong = { ...auth, secretAccessKey: 'another secret' }
    expect(await errorOf(put(path, 'x', wrong))).toEqual([403, 'SignatureDoesNotMatch'])
    const unknown = { ...auth, accessKeyId: 'test:unknown' }
    expect(await errorOf(put(path, 'x', unknown))).toEqual([403, 'SignatureDoesNotMatch'])
  })

  it('another region', async () => {
    const elsewhere = { ...auth, region: 'eu-central-1' }
    expect(await errorOf(put(path, 'x', elsewhere))).toEqual([400, 'AuthorizationHeaderMalformed'])
  })

  it('a body that differs from the signed body', async () => {
    const swapped = put(path, 'signed', auth, () => ({ body: 'sendt!' }))
    expect((await errorOf(swapped))[0]).toBe(400)
    expect(await sendSigned({ path })).toMatchObject({ status: 404 })
  })

  it('an altered date and an expired date', async () => {
    const nextSecond = alterHeader('X-Amz-Date', (date) =>
      date.replace(/\d(?=Z)/, (digit) => String((Number(digit) + 1) % 10)),
    )
    expect(await errorOf(put(path, 'x', auth, nextSecond))).toEqual([403, 'SignatureDoesNotMatch'])
    const hourAgo = sendSigned({ path: '/bucket' }, { nowMs: shifted(-3_600_000) })
    expect(await errorOf(hourAgo)).toEqual([403, 'RequestTimeTooSkewed'])
  })

  it.each<[string, Tamper]>([
    ['path', () => ({ path: '/bucket/other' })],
    ['query', () => ({ query: 'acl' })],
    ['token', alterHeader('X-Amz-Security-Token', () => 'other')],
    ['header', alterHeader('X-Amz-Meta-A', () => 'other')],
  ])('an altered %s', async (_, tamper) => {
    const headers = [{ name: 'X-Amz-Meta-A', value: 'signed' }]
    const signer = { ...auth, sessionToken: 'signed' }
    const responding = sendSigned({ path: '/bucket/plain.txt', headers }, { auth: signer, tamper })
    expect(await errorOf(responding)).toEqual([403, 'SignatureDoesNotMatch'])
  })
})

describe('an object', () => {
  it.each([
    'with a space',
    'a+b',
    'ünïcödé ✓ 🗝',
    `it's "quoted"`,
    'double//slash//',
    '100%',
    'per%20cent%2Fencoded',
    'a&b=c;d@e:f,g$h',
    'question?#hash',
    'brackets(1)[2]{3}<4>',
    '~tilde!*^`|\\',
    'dots/../up/./here',
  ])('named %j is found under every encoding of its name', async (name) => {
    const strict = `/bucket/${name.split('/').map(encodeStrictly).join('/')}`
    const loose = `/bucket/${encodeURI(name).replaceAll(/[?#]/g, encodeURIComponent)}`
    expect(await put(loose, name)).toMatchObject({ status: 200 })
    expect(await sendSigned({ path: strict })).toMatchObject({ status: 200, text: name })
    expect(await sendSigned({ path: loose })).toMatchObject({ status: 200, text: name })

    const list = await sendSigned({
      path: '/bucket',
      query: `encoding-type=url&prefix=${new URLSearchParams({ name }).toString().slice(5)}`,
    })
    const keys = [...list.text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) =>
      decodeURIComponent(key ?? ''),
    )
    expect(keys).toEqual([name])
  })
})

describe('a streamed body', () => {
  it('is accepted without verification, because its payload is unsigned', async () => {
    const path = '/bucket/streamed'
    // Swift listens without TLS; the signature does not cover the scheme.
    const responding = sendSigned(
      { method: 'PUT', path, body: { kind: 'stream' } },
      { scheme: 'https', tamper: () => ({ body: 'any body' }) },
    )
    expect(await responding).toMatchObject({ status: 200 })
    expect(await sendSigned({ path })).toMatchObject({ status: 200, text: 'any body' })
  })
})

describe('a presigned URL', () => {
  const path = "/bucket/pre signed+it's"
  const requestPresigned = async (
    parts: Parts,
    options: { nowMs?: number; tamper?: Tamper } = {},
  ) => {
    const request = { ...outgoing({ origin: await origin(), ...parts }), expiresInSeconds: 60 }
    const context = { ...signingContext, nowMs: options.nowMs ?? Date.now() }
    const signed = presignAwsSigV4(auth, request, context)
    return send(request, { ...signed, headers: [], ...options.tamper?.(signed) })
  }

  it('authorizes one write or read without other authentication', async () => {
    const written = requestPresigned(
      { method: 'PUT', path },
      { tamper: () => ({ body: 'unauthenticated' }) },
    )
    expect(await written).toMatchObject({ status: 200 })
    const query = 'response-content-type=text/x+y&response-expires='
    expect(await requestPresigned({ path })).toMatchObject({ status: 200, text: 'unauthenticated' })
    expect((await requestPresigned({ path, query })).status).toBe(200)
  })

  it('is valid for its path only, and expires', async () => {
    expect(
      await requestPresigned({ path }, { tamper: () => ({ path: '/bucket/other' }) }),
    ).toMatchObject({
      status: 403,
    })
    const longer: Tamper = ({ query }) => ({ query: query.replace('Expires=60', 'Expires=6000') })
    expect(await requestPresigned({ path }, { tamper: longer })).toMatchObject({ status: 403 })
    expect(await requestPresigned({ path }, { nowMs: Date.now() - 61_000 })).toMatchObject({
      status: 403,
    })
  })
})

function put(path: string, text: string, signer = auth, tamper?: Tamper): Promise<SwiftResponse> {
  const options = { auth: signer, ...(tamper === undefined ? {} : { tamper }) }
  return sendSigned({ method: 'PUT', path, body: bytesBody(text) }, options)
}

/** Signs a request and sends the signed request, changed by `tamper`. */
async function sendSigned(
  parts: Parts,
  options: { auth?: AwsSigV4Auth; nowMs?: number; scheme?: 'https'; tamper?: Tamper } = {},
): Promise<SwiftResponse> {
  const request = outgoing({ origin: await origin(options.scheme), ...parts })
  const context = { ...signingContext, nowMs: options.nowMs ?? Date.now() }
  const signed = authenticateRequest(options.auth ?? auth, request, context)
  return send(request, { ...signed, ...options.tamper?.(signed) })
}

async function origin(scheme = 'http'): Promise<string> {
  return `${scheme}://127.0.0.1:${(await starting)?.port}`
}

/** Sends exactly the signed headers, with Host and Content-Length. */
async function send(
  { method, origin: targetOrigin, body: signedBody }: OutgoingRequest,
  {
    path,
    query,
    headers,
    body,
  }: Pick<AuthenticatedRequest, 'path' | 'query' | 'headers'> & { body?: string },
): Promise<SwiftResponse> {
  const bytes = Buffer.from(body ?? (signedBody.kind === 'bytes' ? signedBody.bytes : ''))
  const { host, port } = new URL(targetOrigin)
  const framing: Header[] = [
    { name: 'Host', value: host },
    { name: 'Content-Length', value: String(bytes.length) },
  ]
  const clientRequest = sendRequest({
    host: '127.0.0.1',
    port,
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers: [...framing, ...headers].flatMap(({ name, value }) => [name, value]),
    agent: false,
  })
  const responding = once(clientRequest, 'response')
  clientRequest.end(bytes)
  const [response]: IncomingMessage[] = await responding
  if (response === undefined) throw new Error('Swift sent no response.')
  const text = (await buffer(response)).toString('utf8')
  const responseHeaders = new Headers()
  for (const [name, value] of Object.entries(response.headers))
    responseHeaders.set(name, String(value))
  return { status: response.statusCode ?? 0, text, headers: responseHeaders }
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
