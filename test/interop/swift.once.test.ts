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
import { bytesBody, outgoing, signingContext as someTime } from '../support/outgoing.ts'
import { requireSystemPackage } from '../support/system.ts'
import { type SwiftServer, startSwift, swiftUser } from './swift-server.ts'

type Answer = { readonly status: number; readonly text: string; readonly headers: Headers }
type Parts = Partial<OutgoingRequest>
/** What becomes of a request between signing and sending. */
type Tamper = (
  attached: AuthenticatedRequest,
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
  await ask({ method: 'PUT', path: '/bucket' })
})
afterAll(async () => {
  await (await starting)?.stop()
})

describe('Swift, which verifies for itself,', () => {
  it('takes, gives back and lists what we sign for', async () => {
    expect(await put('/bucket/plain.txt', 'content')).toMatchObject({ status: 200 })
    const found = await ask({ path: '/bucket/plain.txt' })
    expect(found).toMatchObject({ status: 200, text: 'content' })
    const list = await ask({ path: '/bucket', query: 'prefix=plain&max-keys=2&delimiter=%2F' })
    expect(list).toMatchObject({ status: 200 })
    expect(list.text).toContain('<Key>plain.txt</Key>')
  })

  it('takes a session token that is signed', async () => {
    const path = '/bucket/temporary'
    expect(await put(path, 'x', { ...auth, sessionToken: 'a token' })).toMatchObject({
      status: 200,
    })
  })

  it('takes headers as they come: odd white space, several of one name, bytes beyond ASCII', async () => {
    const path = '/bucket/described'
    const headers = [
      { name: 'X-Amz-Meta-Note', value: '  two \t words  ' },
      { name: 'X-Amz-Meta-List', value: 'a' },
      { name: 'x-amz-meta-list', value: ' b ' },
      // "Zoë" in UTF-8, as a header's characters spell it.
      { name: 'X-Amz-Meta-Name', value: 'Zo\u00C3\u00AB' },
      { name: 'Content-Type', value: 'text/plain' },
      { name: 'User-Agent', value: 'nobody signs this' },
    ]
    const body = bytesBody('x')
    expect(await ask({ method: 'PUT', path, headers, body })).toMatchObject({ status: 200 })
    const kept = await ask({ method: 'HEAD', path })
    expect(kept.headers.get('x-amz-meta-note')).toBe('two \t words')
    expect(kept.headers.get('content-type')).toBe('text/plain')
  })
})

describe('Swift refuses', () => {
  const path = '/bucket/untouched'
  const code = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1]
  const refusal = async (answer: Promise<Answer>) => {
    const { status, text } = await answer
    return [status, code(text)]
  }
  const moved = (byMs: number) => Date.now() + byMs
  const alterHeader =
    (name: string, change: (value: string) => string): Tamper =>
    ({ headers }) => ({
      headers: headers.map((header) =>
        header.name === name ? { name, value: change(header.value) } : header,
      ),
    })

  it('another secret, and an access key that it does not know', async () => {
    const wrong = { ...auth, secretAccessKey: 'another secret' }
    expect(await refusal(put(path, 'x', wrong))).toEqual([403, 'SignatureDoesNotMatch'])
    const unknown = { ...auth, accessKeyId: 'test:nobody' }
    expect(await refusal(put(path, 'x', unknown))).toEqual([403, 'SignatureDoesNotMatch'])
  })

  it('another region than its own', async () => {
    const elsewhere = { ...auth, region: 'eu-central-1' }
    expect(await refusal(put(path, 'x', elsewhere))).toEqual([400, 'AuthorizationHeaderMalformed'])
  })

  it('a body that is not the one that was signed', async () => {
    const swapped = put(path, 'signed', auth, () => ({ body: 'sendt!' }))
    expect((await refusal(swapped))[0]).toBe(400)
    expect(await ask({ path })).toMatchObject({ status: 404 })
  })

  it('a date that was altered, and one that is long past', async () => {
    const nextSecond = alterHeader('X-Amz-Date', (date) =>
      date.replace(/\d(?=Z)/, (digit) => String((Number(digit) + 1) % 10)),
    )
    expect(await refusal(put(path, 'x', auth, nextSecond))).toEqual([403, 'SignatureDoesNotMatch'])
    const hourAgo = ask({ path: '/bucket' }, { nowMs: moved(-3_600_000) })
    expect(await refusal(hourAgo)).toEqual([403, 'RequestTimeTooSkewed'])
  })

  it.each<[string, Tamper]>([
    ['path', () => ({ path: '/bucket/other' })],
    ['query', () => ({ query: 'acl' })],
    ['token', alterHeader('X-Amz-Security-Token', () => 'other')],
    ['header', alterHeader('X-Amz-Meta-A', () => 'other')],
  ])('another %s than the one that was signed', async (_, tamper) => {
    const headers = [{ name: 'X-Amz-Meta-A', value: 'signed' }]
    const signer = { ...auth, sessionToken: 'signed' }
    const answer = ask({ path: '/bucket/plain.txt', headers }, { auth: signer, tamper })
    expect(await refusal(answer)).toEqual([403, 'SignatureDoesNotMatch'])
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
  ])('named %j is found under every spelling of its name', async (name) => {
    const strict = `/bucket/${name.split('/').map(encodeStrictly).join('/')}`
    const loose = `/bucket/${encodeURI(name).replaceAll(/[?#]/g, encodeURIComponent)}`
    expect(await put(loose, name)).toMatchObject({ status: 200 })
    expect(await ask({ path: strict })).toMatchObject({ status: 200, text: name })
    expect(await ask({ path: loose })).toMatchObject({ status: 200, text: name })

    const list = await ask({
      path: '/bucket',
      query: `encoding-type=url&prefix=${new URLSearchParams({ name }).toString().slice(5)}`,
    })
    const keys = [...list.text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) =>
      decodeURIComponent(key ?? ''),
    )
    expect(keys).toEqual([name])
  })
})

describe('a body that passes by unseen', () => {
  it('is taken, and not verified: nobody has signed it', async () => {
    const path = '/bucket/streamed'
    // Swift listens without TLS; what is signed for https reaches it as it stands.
    const answer = ask(
      { method: 'PUT', path, body: { kind: 'stream' } },
      { scheme: 'https', tamper: () => ({ body: 'whatever passes' }) },
    )
    expect(await answer).toMatchObject({ status: 200 })
    expect(await ask({ path })).toMatchObject({ status: 200, text: 'whatever passes' })
  })
})

describe('a presigned address', () => {
  const path = "/bucket/pre signed+it's"
  const visit = async (parts: Parts, options: { nowMs?: number; tamper?: Tamper } = {}) => {
    const request = { ...outgoing({ origin: await origin(), ...parts }), expiresInSeconds: 60 }
    const around = { ...someTime, nowMs: options.nowMs ?? Date.now() }
    const attached = presignAwsSigV4(auth, request, around)
    return send(request, { ...attached, headers: [], ...options.tamper?.(attached) })
  }

  it('is good by itself, for writing and reading', async () => {
    const written = visit({ method: 'PUT', path }, { tamper: () => ({ body: 'by anyone' }) })
    expect(await written).toMatchObject({ status: 200 })
    const query = 'response-content-type=text/x+y&response-expires='
    expect(await visit({ path })).toMatchObject({ status: 200, text: 'by anyone' })
    expect((await visit({ path, query })).status).toBe(200)
  })

  it('is good for nothing else, and no longer than it says', async () => {
    expect(await visit({ path }, { tamper: () => ({ path: '/bucket/other' }) })).toMatchObject({
      status: 403,
    })
    const longer: Tamper = ({ query }) => ({ query: query.replace('Expires=60', 'Expires=6000') })
    expect(await visit({ path }, { tamper: longer })).toMatchObject({ status: 403 })
    expect(await visit({ path }, { nowMs: Date.now() - 61_000 })).toMatchObject({ status: 403 })
  })
})

function put(path: string, text: string, signer = auth, tamper?: Tamper): Promise<Answer> {
  const options = { auth: signer, ...(tamper === undefined ? {} : { tamper }) }
  return ask({ method: 'PUT', path, body: bytesBody(text) }, options)
}

/** Signs a request, and sends what came of it. */
async function ask(
  parts: Parts,
  options: { auth?: AwsSigV4Auth; nowMs?: number; scheme?: 'https'; tamper?: Tamper } = {},
): Promise<Answer> {
  const request = outgoing({ origin: await origin(options.scheme), ...parts })
  const around = { ...someTime, nowMs: options.nowMs ?? Date.now() }
  const attached = authenticateRequest(options.auth ?? auth, request, around)
  return send(request, { ...attached, ...options.tamper?.(attached) })
}

async function origin(scheme = 'http'): Promise<string> {
  return `${scheme}://127.0.0.1:${(await starting)?.port}`
}

/** Exactly what was attached, with the Host that follows from the origin and the length of the body. */
async function send(
  { method, origin: to, body: known }: OutgoingRequest,
  {
    path,
    query,
    headers,
    body,
  }: Pick<AuthenticatedRequest, 'path' | 'query' | 'headers'> & { body?: string },
): Promise<Answer> {
  const bytes = Buffer.from(body ?? (known.kind === 'bytes' ? known.bytes : ''))
  const { host, port } = new URL(to)
  const framing: Header[] = [
    { name: 'Host', value: host },
    { name: 'Content-Length', value: String(bytes.length) },
  ]
  const sent = sendRequest({
    host: '127.0.0.1',
    port,
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers: [...framing, ...headers].flatMap(({ name, value }) => [name, value]),
    agent: false,
  })
  const answered = once(sent, 'response')
  sent.end(bytes)
  const [response]: IncomingMessage[] = await answered
  if (response === undefined) throw new Error('There was no answer.')
  const text = (await buffer(response)).toString('utf8')
  const answer = new Headers()
  for (const [name, value] of Object.entries(response.headers)) answer.set(name, String(value))
  return { status: response.statusCode ?? 0, text, headers: answer }
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
