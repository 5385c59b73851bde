import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeRaw } from '../../../../test/support/raw-exchange.ts'
import {
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../../../../test/support/server.ts'

const script = `console.log(${JSON.stringify('a page of ours '.repeat(20))})`

let directory: string
let server: TestServer

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keyporter-pages-'))
  const place = join(directory, 'dist')
  mkdirSync(join(place, 'assets'), { recursive: true })
  writeFileSync(join(directory, 'secret.js'), 'outside')
  writeFileSync(join(place, 'index.html'), '<!doctype html><script nonce="__CSP_NONCE__"></script>')
  writeFileSync(join(place, 'color-scheme.js'), '// light')
  writeFileSync(join(place, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(place, 'assets', 'index-abc.js'), script)
  writeFileSync(join(place, 'assets', 'index-abc.js.br'), brotliCompressSync(script))
  writeFileSync(join(place, 'assets', 'index-abc.js.gz'), gzipSync(script))
  server = await startTestServer({ overrides: { consoleDirectory: place } })
})
afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

function open(path: string, headers: Record<string, string> = {}): Promise<TestResponse> {
  return server.send('GET', path, {
    as: null,
    headers: { accept: 'text/html,*/*;q=0.8', ...headers },
  })
}

describe('a page', () => {
  it.each(['/', '/credentials', '/credentials/cred_1/usage?range=7d', '/join'])(
    'is sent at %s',
    async (path) => {
      const { status, headers, text } = await open(path)
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      const [, nonce = ''] = /nonce="([\w-]+)"/.exec(text) ?? []
      expect(nonce.length).toBeGreaterThanOrEqual(20)
      expect(headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    },
  )

  it.each(['application/json', '*/*', undefined])(
    'is not sent to other clients at /, which get links instead: Accept %s',
    async (accept) => {
      const headers = accept === undefined ? {} : { accept }
      const { status, body } = await server.send('GET', '/', { as: null, headers })
      expect([status, body]).toEqual([
        200,
        {
          name: 'Keyporter',
          console: `${server.url}/`,
          openapi: `${server.url}/openapi.json`,
          documentation: expect.stringContaining('docs/README.md'),
        },
      ])
    },
  )

  it.each([
    '/v1/nothing',
    '/v1',
    '/oauth/nothing',
    '/.well-known/nothing',
    '/metrics',
    '/robots.txt',
    '/assets/nothing.js',
  ])('is not sent at %s', async (path) => {
    const { status, headers } = await open(path)
    expect([status, headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ])
  })

  it('is sent only to browsers; other clients get a problem document', async () => {
    const { status, body } = await server.send('GET', '/credentials', { as: null })
    expect([status, body.code]).toEqual([404, 'not_found'])
    const posted = await server.send('POST', '/credentials', {
      as: null,
      headers: { accept: 'text/html' },
      body: {},
    })
    expect([posted.status, posted.body.code]).toEqual([404, 'not_found'])
  })

  it('does not hide 405 responses of the API', async () => {
    const { status, headers } = await open('/oauth/token')
    expect([status, headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('a file', () => {
  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ])('for Accept-Encoding %s is sent as %s, cacheable forever', async (accepted, encoding) => {
    const { status, headers, text } = await open('/assets/index-abc.js', {
      'accept-encoding': accepted,
    })
    expect([status, headers.get('content-encoding'), text]).toEqual([200, encoding, script])
    expect(headers.get('cache-control')).toContain('immutable')
    expect(headers.get('vary')).toContain('accept-encoding')
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  it.each([
    '/assets/../index.html',
    '/assets/..%2fcolor-scheme.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.js',
    '/assets/..\\secret.js',
    '/assets/index-abc.js.br',
    '/assets/index-abc.js%00',
  ])('outside the assets, or with an unknown name, is not found: %s', async (path) => {
    const { status, text } = await exchangeRaw(
      server.url,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    )
    expect([400, 404]).toContain(status)
    expect(text).not.toContain('outside')
  })
})
