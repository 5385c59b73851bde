import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openTestOutbound, outcomeOf, requestTo } from '../../../../test/support/outbound.ts'
import { startRawUpstream } from '../../../../test/support/raw-upstream.ts'
import { requireVectors } from '../../../../test/support/vectors.ts'

/** For responses that never end. */
const SHORT_LIMITS = { headMs: 300, idleMs: 300 }

/**
 * Returns the outcomes of three requests: the upstream responds to the first with the given bytes,
 * and to the others correctly with their own paths.
 */
async function outcomesOf(bytes: string): Promise<readonly [string, string, string]> {
  const upstream = await startRawUpstream((socket, received) => {
    const path =
      received
        .split('\r\n\r\n')
        .at(-2)
        ?.match(/^GET (\S+)/)?.[1] ?? ''
    if (path === '/evil') socket.write(bytes, 'latin1')
    else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
  })
  const outbound = openTestOutbound(['127.0.0.1'])
  const send = (target: string, limits = {}) =>
    outcomeOf(outbound, requestTo(upstream.origin, { target, limits }))
  return [await send('/evil', SHORT_LIMITS), await send('/second'), await send('/third')]
}

const VALID = ['200 /second', '200 /third']
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL'

describe('a response with an ambiguous length', () => {
  test.each([
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5', 'abcde'],
    ['the same length twice', 'Content-Length: 4\r\nContent-Length: 4', 'abcd'],
    ['a list of lengths', 'Content-Length: 4, 4', 'abcd'],
    ['a length with a sign', 'Content-Length: +4', 'abcd'],
    ['a negative length', 'Content-Length: -4', 'abcd'],
    ['a length in hexadecimal', 'Content-Length: 0x4', 'abcd'],
    ['an overflowing length', 'Content-Length: 18446744073709551620', 'abcd'],
    ['two transfer codings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x', 'abcd'],
    ['a chunk with an invalid size', 'Transfer-Encoding: chunked', 'x\r\nabcd\r\n0\r\n\r\n'],
    ['a chunk with an overflowing size', 'Transfer-Encoding: chunked', 'fffffffffffffffff\r\n'],
    ['a chunk longer than its size', 'Transfer-Encoding: chunked', '2\r\nabcd\r\n0\r\n\r\n'],
    ['a space before a colon', 'Content-Length : 4', 'abcd'],
    ['a folded line', 'X: a\r\n b\r\nContent-Length: 4', 'abcd'],
    ['a bare carriage return', 'X: a\rContent-Length: 4', 'abcd'],
    ['NUL in a value', 'X: a\0b\r\nContent-Length: 4', 'abcd'],
    ['a line without a colon', 'nonsense\r\nContent-Length: 4', 'abcd'],
  ])('with %s is rejected', async (_, head, body) => {
    const [first, ...others] = await outcomesOf(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}${EVIL}`)
    expect(first).toMatch(/^(malformed_response|connection_closed)$/)
    expect(others).toEqual(VALID)
  })
})

describe('an invalid response', () => {
  test.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['an unsolicited 100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('with %s is rejected', async (_, bytes) => {
    const [first, ...others] = await outcomesOf(bytes + EVIL)
    expect(first).toBe('malformed_response')
    expect(others).toEqual(VALID)
  })
})

describe('unsolicited data', () => {
  test.each([
    ['a second response', EVIL.replace('EVIL', 'good') + EVIL],
    ['a body after 204', `HTTP/1.1 204 No Content\r\n\r\n${EVIL}`],
    ['a body after 304', `HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n${EVIL}`],
    ['bytes beyond the length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokXXXX'],
    ['chunks and more', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${EVIL}`],
  ])('%s is discarded', async (_, bytes) => {
    const [, ...others] = await outcomesOf(bytes)
    expect(others).toEqual(VALID)
  })

  test('a body after the response to HEAD is discarded', async () => {
    const upstream = await startRawUpstream((socket, received) => {
      const isFirst = received.split('\r\n\r\n').length === 2 && received.startsWith('HEAD')
      socket.write(isFirst ? EVIL : 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood')
    })
    const outbound = openTestOutbound(['127.0.0.1'])
    expect(await outcomeOf(outbound, requestTo(upstream.origin, { method: 'HEAD' }))).toBe('200 ')
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 good')
  })

  test('a response before any request is discarded', async () => {
    const upstream = await startRawUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood')
      setTimeout(() => socket.write(EVIL), 20)
    })
    const outbound = openTestOutbound(['127.0.0.1'])
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 good')
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 good')
  })
})

test('after each response of the llhttp test suite, the next requests get their own responses', async (ctx) => {
  const folder = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'response')
  const responses = readdirSync(folder).flatMap((name) =>
    readResponses(readFileSync(join(folder, name), 'utf8')),
  )
  expect(responses.length).toBeGreaterThan(60)
  const outcomes = await Promise.all(responses.map(outcomesOf))
  expect(outcomes.map(([, ...others]) => others)).toEqual(responses.map(() => VALID))
})

/** Extracts the messages of a document with the escapes of the llhttp test suite. */
function readResponses(document: string): string[] {
  const blocks = [...document.matchAll(/```http\n([\s\S]*?)```/g)]
  return blocks.map(([, block = '']) =>
    block
      .replace(/\\\n/g, '')
      .replace(/\n/g, '\r\n')
      .replace(/\\r/g, '\r')
      .replace(/\\n/g, '\n')
      .replace(/\\t/g, '\t')
      .replace(/\\f/g, '\f')
      .replace(/\\x([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}
