import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionTo, INTEGRATION, type ProxyAlone, startProxyAlone } from '../support/proxy.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { requireVectors } from '../support/vectors.ts'

// O10: one request in, at most one out; and no answer is taken for that of another request.

let upstream: Upstream
let proxy: ProxyAlone

beforeAll(async () => {
  upstream = await startUpstream()
  proxy = await startProxyAlone(() => connectionTo(upstream.origin))
})
afterAll(async () => {
  await upstream.close()
  await proxy.close()
})

/** The messages of llhttp's own tests, as bytes. */
function readMessages(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const text = readFileSync(join(directory, name), 'utf8')
    return [...text.matchAll(/```http\n([\s\S]*?)\n```/g)].map(([, message = '']) =>
      message
        .replaceAll(/\\\n/g, '')
        .replaceAll('\n', '\r\n')
        .replaceAll(/\\(r|n|t|f|x[0-9a-f]{2})/gi, (_, code: string) => unescape(code)),
    )
  })
}

function unescape(code: string): string {
  const known: Record<string, string> = { r: '\r', n: '\n', t: '\t', f: '\f' }
  return known[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16))
}

describe('a caller', () => {
  it('with any of llhttp’s requests gets at most one through, and no other than its own', async (ctx) => {
    const directory = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'request')
    const messages = readMessages(directory).filter((message) => message.includes('\r\n'))
    expect(messages.length).toBeGreaterThan(80)
    const answers = await Promise.all(
      messages.map((message, index) => {
        const [line = '', ...rest] = message.split('\r\n')
        const target = line.replace(/^(\S+) \S+/, `$1 /proxy/${INTEGRATION}/case-${index}`)
        const own = `Host: 127.0.0.1\r\nAuthorization: Bearer ours\r\nX-Case: ${index}`
        return exchangeRaw(proxy.url, Buffer.from([target, own, ...rest].join('\r\n'), 'latin1'))
      }),
    )
    const seen = upstream.received.map(({ url, headers }) => [url, headers['x-case']?.join()])
    for (const [url, index] of seen) expect(url).toBe(`/case-${index}`)
    expect(new Set(seen.map(([url]) => url)).size).toBe(seen.length)
    // Behind a good request may stand rubbish, for which the connection ends with one refusal.
    for (const [, index] of seen) {
      const { status = 0, count = 0 } = answers[Number(index)] ?? {}
      expect(status === 200 || (status === 400 && count === 1)).toBe(true)
    }
    // Some are as good as any: else nothing was tried.
    expect(seen.length).toBeGreaterThan(10)
  })
})

describe('another side', () => {
  let evil: Server
  let message = ''
  let through: ProxyAlone

  beforeAll(async () => {
    evil = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        const isFirst = data.includes('/first')
        const good = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond'
        socket.write(isFirst ? message : good, 'latin1')
        // What never ends is cut here, in place of a minute's patience.
        if (isFirst) setTimeout(() => socket.end(), 30)
      })
    })
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    // safe because it listens on a port
    const { port } = evil.address() as AddressInfo
    through = await startProxyAlone(() => connectionTo(`http://127.0.0.1:${port}`))
  })
  afterAll(async () => {
    await through.close()
    await new Promise((resolve) => evil.close(resolve))
  })

  it('with any of llhttp’s answers spoils no call but its own', async (ctx) => {
    const directory = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'response')
    const messages = readMessages(directory)
    messages.push(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nevil',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nokevil',
    )
    expect(messages.length).toBeGreaterThan(40)
    for (message of messages) {
      // Half an answer breaks off; whatever else comes is one answer.
      await through.call('/first').catch(() => undefined)
      const { status, text } = await through.call('/second')
      expect([message, status, text]).toEqual([message, 200, 'second'])
    }
  })
})
