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
import { openTestOutbound, outcomeOf, requestTo } from '../../../../test/support/outbound.ts'
import { connectionTo, startIsolatedProxy } from '../../../../test/support/proxy.ts'
import { releaseBehind, releaseOnceWritten } from './buffer-release.ts'

const KIB = 1_024

/** Bytes in memory of their own. */
function own(length: number): Buffer {
  return Buffer.from(new Uint8Array(length).buffer)
}

describe('the memory of a piece that was written', () => {
  test('is given back', () => {
    const piece = own(64 * KIB)
    releaseOnceWritten(piece)(null)
    expect(piece.length).toBe(0)
  })

  test('is kept where writing failed: it may still be on its way', () => {
    const piece = own(64 * KIB)
    releaseOnceWritten(piece)(new Error('broken'))
    expect(piece.length).toBe(64 * KIB)
  })

  test.each([
    ['the beginning of another', (whole: Buffer) => whole.subarray(0, 100)],
    ['the end of another', (whole: Buffer) => whole.subarray(100)],
  ])('is kept where it is %s', (_, part) => {
    const whole = own(64 * KIB)
    releaseOnceWritten(part(whole))(null)
    expect(whole.length).toBe(64 * KIB)
  })

  test('is kept where Node keeps small pieces together', () => {
    const neighbour = Buffer.from('neighbour')
    releaseOnceWritten(Buffer.from('small'))(null)
    expect(neighbour.toString()).toBe('neighbour')
  })
})

test('of a body that somebody else writes, what may still be in a buffer is kept', async () => {
  const pieces = [10, 70, 30, 40, 2, 30, 70].map((size) => own(size * KIB))
  const sizes = pieces.map(({ length }) => length)
  const body = new Readable({ read: () => undefined })
  releaseBehind(body)
  for (const piece of pieces) {
    const at = pieces.indexOf(piece)
    body.push(piece)
    await new Promise((resolve) => setImmediate(resolve))
    const kept = pieces.slice(0, at + 1).map(({ length }, index) => length === sizes[index])
    const bytesBefore = sizes.slice(0, at).reduce((sum, size) => sum + size, 0)
    // Whatever begins within the last buffer before this piece.
    for (const [index, isKept] of kept.entries()) {
      const end = sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0)
      if (end > bytesBefore - 64 * KIB) expect([at, index, isKept]).toEqual([at, index, true])
    }
  }
  expect(pieces.map(({ length }) => length > 0)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
  ])
})

describe('what passes by arrives byte for byte', () => {
  const authority = makeCertificate({ name: 'Our authority', isAuthority: true })

  /** Pieces of every size, each in memory of its own; and the digest of all. */
  function someBody() {
    const hash = createHash('sha256')
    const pieces = Array.from({ length: 400 }, () => {
      const piece = own(randomInt(1, [100, 5_000, 65_536, 200_000][randomInt(4)] ?? 2))
      randomBytes(piece.length).copy(piece)
      hash.update(piece)
      return piece
    })
    return { pieces, digest: hash.digest('hex') }
  }

  type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>

  async function listen(scheme: string, answer: Answer): Promise<string> {
    const { cert, key } = makeCertificate({
      name: 'leaf',
      issuer: authority,
      hosts: ['127.0.0.1'],
    })
    const listener = (...exchange: Parameters<Answer>): void => void answer(...exchange)
    const server =
      scheme === 'https' ? createHttpsServer({ cert, key }, listener) : createHttpServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    // safe because it listens on a port
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test.each(['http', 'https'])(
    'up, by %s, to a side that stops reading now and then',
    async (scheme) => {
      const before = getCACertificates('default')
      setDefaultCACertificates([...before, authority.cert])
      onTestFinished(() => setDefaultCACertificates(before))
      const origin = await listen(scheme, async (request, response) => {
        const hash = createHash('sha256')
        let count = 0
        for await (const piece of request) {
          hash.update(piece)
          count += 1
          if (count % 50 === 0) await sleep(5)
        }
        response.end(hash.digest('hex'))
      })
      const { pieces, digest } = someBody()
      const body = Readable.from(pieces)
      const request = requestTo(origin, { method: 'PUT', body })
      expect(await outcomeOf(openTestOutbound(['127.0.0.1']), request)).toBe(`200 ${digest}`)
      expect(pieces.filter(({ length }) => length === 0).length).toBeGreaterThan(100)
    },
  )

  test('down, where secrets are looked for', async () => {
    const { pieces, digest } = someBody()
    const origin = await listen('http', async (_request, response) => {
      Readable.from(pieces).pipe(response)
    })
    const auth = {
      kind: 'bearer',
      token: 'a-secret-token',
      prefix: 'Bearer',
      header: 'Authorization',
    } as const
    const proxy = await startIsolatedProxy(() => connectionTo(origin, { auth }))
    onTestFinished(proxy.close)
    const { status, body } = await proxy.call('/x')
    expect([status, createHash('sha256').update(body).digest('hex')]).toEqual([200, digest])
  })
})
