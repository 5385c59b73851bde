import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openTestOutbound, outcomeOf, requestTo } from '../../../../test/support/outbound.ts'
import { startRawUpstream } from '../../../../test/support/raw-upstream.ts'
import { requireVectors } from '../../../../test/support/vectors.ts'

/** For answers that never end. */
const IMPATIENT = { headMs: 300, idleMs: 300 }

/**
 * What a first request gets from an upstream that answers it with these bytes, and what the next two get, which it
 * answers well, each with its own path.
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
  const ask = (target: string, limits = {}) =>
    outcomeOf(outbound, requestTo(upstream.origin, { target, limits }))
  return [await ask('/evil', IMPATIENT), await ask('/second'), await ask('/third')]
}

const WELL = ['200 /second', '200 /third']
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL'

describe('an answer of which it is not plain where it ends', () => {
  test.each([
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked', '0\r\n\r\n'],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5', 'abcde'],
    ['the same length twice', 'Content-Length: 4\r\nContent-Length: 4', 'abcd'],
    ['a list of lengths', 'Content-Length: 4, 4', 'abcd'],
    ['a length with a sign', 'Content-Length: +4', 'abcd'],
    ['a negative length', 'Content-Length: -4', 'abcd'],
    ['a length in hexadecimal', 'Content-Length: 0x4', 'abcd'],
    ['a length beyond all numbers', 'Content-Length: 18446744073709551620', 'abcd'],
    ['two codings of the transfer', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x', 'abcd'],
    ['a chunk of no size', 'Transfer-Encoding: chunked', 'x\r\nabcd\r\n0\r\n\r\n'],
    [
      'a chunk with a size beyond all numbers',
      'Transfer-Encoding: chunked',
      'fffffffffffffffff\r\n',
    ],
    ['a chunk longer than its size', 'Transfer-Encoding: chunked', '2\r\nabcd\r\n0\r\n\r\n'],
    ['a space before a colon', 'Content-Length : 4', 'abcd'],
    ['a line that goes on', 'X: a\r\n b\r\nContent-Length: 4', 'abcd'],
    ['a bare carriage return', 'X: a\rContent-Length: 4', 'abcd'],
    ['NUL in a value', 'X: a\0b\r\nContent-Length: 4', 'abcd'],
    ['a line without a colon', 'nonsense\r\nContent-Length: 4', 'abcd'],
  ])('%s: is refused', async (_, head, body) => {
    const [first, ...others] = await outcomesOf(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}${EVIL}`)
    expect(first).toMatch(/^(malformed_response|hung_up)$/)
    expect(others).toEqual(WELL)
  })
})

describe('an answer that is none', () => {
  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['leave to go on, for which nobody asked', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('%s: is refused', async (_, bytes) => {
    const [first, ...others] = await outcomesOf(bytes + EVIL)
    expect(first).toBe('malformed_response')
    expect(others).toEqual(WELL)
  })
})

describe('more than was asked for', () => {
  test.each([
    ['another answer behind the answer', EVIL.replace('EVIL', 'good') + EVIL],
    ['a body behind 204', `HTTP/1.1 204 No Content\r\n\r\n${EVIL}`],
    ['a body behind 304', `HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n${EVIL}`],
    ['bytes beyond the length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokXXXX'],
    ['chunks and more', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${EVIL}`],
  ])('%s: reaches nobody', async (_, bytes) => {
    const [, ...others] = await outcomesOf(bytes)
    expect(others).toEqual(WELL)
  })

  test('a body behind the answer to HEAD reaches nobody', async () => {
    const upstream = await startRawUpstream((socket, received) => {
      const isFirst = received.split('\r\n\r\n').length === 2 && received.startsWith('HEAD')
      socket.write(isFirst ? EVIL : 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood')
    })
    const outbound = openTestOutbound(['127.0.0.1'])
    expect(await outcomeOf(outbound, requestTo(upstream.origin, { method: 'HEAD' }))).toBe('200 ')
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 good')
  })

  test('an answer before any question reaches nobody', async () => {
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

test('after every answer of the parser’s own tests, the next requests get their own', async (ctx) => {
  const folder = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'response')
  const answers = readdirSync(folder).flatMap((name) =>
    readAnswers(readFileSync(join(folder, name), 'utf8')),
  )
  expect(answers.length).toBeGreaterThan(60)
  const outcomes = await Promise.all(answers.map(outcomesOf))
  expect(outcomes.map(([, ...others]) => others)).toEqual(answers.map(() => WELL))
})

/** The messages of a document, as its authors' own reader makes them of what is written. */
function readAnswers(document: string): string[] {
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
