import { createHash, randomBytes, randomInt } from 'node:crypto'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeCertificate } from '../../../../test/support/certificates.ts'
import {
  createResolvedConnection,
  startIsolatedProxy,
} from '../../../../test/support/isolated-proxy.ts'
import { openTestOutbound, outcomeOf, requestTo } from '../../../../test/support/outbound.ts'
import { releaseOnceWritten, releaseWrittenChunks } from './buffer-release.ts'

const KIB = 1_024

/** Returns a buffer that shares no memory. */
function own(length: number): Buffer {
  return Buffer.from(new Uint8Array(length).buffer)
}

describe('the buffer of a written chunk', () => {
  test('is freed', () => {
    const chunk = own(64 * KIB)
    releaseOnceWritten(chunk)(null)
    expect(chunk.length).toBe(0)
  })

  test('is kept after a failed write, which may still be reading it', () => {
    const chunk = own(64 * KIB)
    releaseOnceWritten(chunk)(new Error('broken'))
    expect(chunk.length).toBe(64 * KIB)
  })

  test.each([
    ['the beginning of a larger buffer', (whole: Buffer) => whole.subarray(0, 100)],
    ['the end of a larger buffer', (whole: Buffer) => whole.subarray(100)],
  ])('is kept when the chunk is %s', (_, part) => {
    const whole = own(64 * KIB)
    releaseOnceWritten(part(whole))(null)
    expect(whole.length).toBe(64 * KIB)
  })

  test('is kept when Node pools small chunks', () => {
    const neighbour = Buffer.from('neighbour')
    releaseOnceWritten(Buffer.from('small'))(null)
    expect(neighbour.toString()).toBe('neighbour')
  })
})

test('chunks of a piped body are kept while they may be in the socket buffer', async () => {
  const chunks = [10, 70, 30, 40, 2, 30, 70].map((size) => own(size * KIB))
  const sizes = chunks.map(({ length }) => length)
  const body = new Readable({ read: () => undefined })
  releaseWrittenChunks(body)
  for (const chunk of chunks) {
    const at = chunks.indexOf(chunk)
    body.push(chunk)
    await new Promise((resolve) => setImmediate(resolve))
    const kept = chunks.slice(0, at + 1).map(({ length }, index) => length === sizes[index])
    const bytesBefore = sizes.slice(0, at).reduce((sum, size) => sum + size, 0)
    // All chunks that begin within one buffer size before this chunk.
    for (const [index, isKept] of kept.entries()) {
      const end = sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0)
      if (end > bytesBefore - 64 * KIB) expect([at, index, isKept]).toEqual([at, index, true])
    }
  }
  expect(chunks.map(({ length }) => length > 0)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
  ])
})

describe('bodies arrive unchanged', () => {
  const authority = makeCertificate({ name: 'Test CA', isAuthority: true })

  /** Returns unshared chunks of all sizes, and the digest of the body. */
  function someBody() {
    const hash = createHash('sha256')
    const chunks = Array.from({ length: 400 }, () => {
      const chunk = own(randomInt(1, [100, 5_000, 65_536, 200_000][randomInt(4)] ?? 2))
      randomBytes(chunk.length).copy(chunk)
      hash.update(chunk)
      return chunk
    })
    return { chunks, digest: hash.digest('hex') }
  }

  type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>

  async function listen(scheme: string, respond: Respond): Promise<string> {
    const { cert, key } = makeCertificate({
      name: 'leaf',
      issuer: authority,
      hosts: ['127.0.0.1'],
    })
    const listener = (...exchange: Parameters<Respond>): void => void respond(...exchange)
    const server =
      scheme === 'https' ? createHttpsServer({ cert, key }, listener) : createHttpServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    // safe because the server listens on a TCP port
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test.each(['http', 'https'])(
    'request bodies over %s, to an upstream that pauses',
    async (scheme) => {
      const before = getCACertificates('default')
      setDefaultCACertificates([...before, authority.cert])
      onTestFinished(() => setDefaultCACertificates(before))
      const origin = await listen(scheme, async (request, response) => {
        const hash = createHash('sha256')
        let count = 0
        for await (const chunk of request) {
          hash.update(chunk)
          count += 1
          if (count % 50 === 0) await sleep(5)
        }
        response.end(hash.digest('hex'))
      })
      const { chunks, digest } = someBody()
      const body = Readable.from(chunks)
      const request = requestTo(origin, { method: 'PUT', body })
      expect(await outcomeOf(openTestOutbound(['127.0.0.1']), request)).toBe(`200 ${digest}`)
      expect(chunks.filter(({ length }) => length === 0).length).toBeGreaterThan(100)
    },
  )

  test('response bodies with redaction', async () => {
    const { chunks, digest } = someBody()
    const origin = await listen('http', async (_request, response) => {
      Readable.from(chunks).pipe(response)
    })
    const auth = {
      kind: 'bearer',
      token: 'a-secret-token',
      prefix: 'Bearer',
      header: 'Authorization',
    } as const
    const proxy = await startIsolatedProxy(() => createResolvedConnection(origin, { auth }))
    onTestFinished(proxy.close)
    const { status, body } = await proxy.call('/x')
    expect([status, createHash('sha256').update(body).digest('hex')]).toEqual([200, digest])
  })
})
