import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  CALLER_AUTHORIZATION,
  INTEGRATION_ID,
  useIsolatedProxy,
} from '../../../../test/support/isolated-proxy.ts'

// The HTTP layer of the proxy, without a database.

const { connectWith, proxy, upstream } = useIsolatedProxy()

describe('does', () => {
  it('every method except CONNECT and TRACE is forwarded with its body', async () => {
    for (const method of [
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'PROPFIND',
      'QUERY',
    ]) {
      const { status, text } = await proxy.call('/a', {
        method,
        body: 'b=1',
        headers: [...CALLER_AUTHORIZATION, 'Content-Length', '3'],
      })
      expect([method, status, JSON.parse(text)]).toMatchObject([
        method,
        200,
        { method, url: '/a', body: 'b=1' },
      ])
    }
  })

  it('responses to HEAD, and with status 204 or 304, have no body', async () => {
    upstream.respondWith((response, { method }) => {
      response.writeHead(method === 'HEAD' ? 200 : method === 'PUT' ? 204 : 304, { etag: '"1"' })
      response.end()
    })
    for (const [method, status] of [
      ['HEAD', 200],
      ['PUT', 204],
      ['GET', 304],
    ] as const) {
      const { status: actual, body, headers } = await proxy.call('/', { method })
      expect([actual, body.length, headers.etag]).toEqual([status, 0, '"1"'])
    }
  })

  it('the Content-Length of a HEAD response is the upstream’s', async () => {
    upstream.respondWith((response) => {
      response.writeHead(200, { 'content-length': '12345' })
      response.end()
    })
    expect((await proxy.call('/', { method: 'HEAD' })).headers['content-length']).toBe('12345')
  })

  it('a caller that expects 100 Continue receives it', async () => {
    const body = Readable.from(['{}'])
    const headers = [...CALLER_AUTHORIZATION, 'Expect', '100-continue', 'Content-Length', '2']
    const { status, text } = await proxy.call('/', { method: 'POST', headers, body })
    expect([status, JSON.parse(text).body]).toEqual([200, '{}'])
    expect(upstream.received[0]?.headers).not.toHaveProperty('expect')
  })

  it('a redirect is returned unchanged and not followed', async () => {
    upstream.respondWith((response) => {
      response.writeHead(302, { location: 'https://elsewhere.example/x' })
      response.end('gone')
    })
    const { status, headers, text } = await proxy.call('/')
    expect([status, headers.location, text]).toEqual([302, 'https://elsewhere.example/x', 'gone'])
    expect(upstream.received).toHaveLength(1)
  })

  it('a hundred chunks arrive unchanged in both directions', async () => {
    const bytes = randomBytes(1_000_000)
    const pieces = Array.from({ length: 100 }, (_, at) =>
      bytes.subarray(at * 10_000, at * 10_000 + 10_000),
    )
    upstream.respondWith((response, { body }) => void response.end(body))
    connectWith({
      auth: { kind: 'bearer', token: 'a-secret-token', prefix: 'Bearer', header: 'Authorization' },
    })
    const { body } = await proxy.call('/', {
      method: 'POST',
      headers: [...CALLER_AUTHORIZATION, 'Transfer-Encoding', 'chunked'],
      body: Readable.from(pieces),
    })
    expect(body.equals(bytes)).toBe(true)
    expect(upstream.received[0]?.headers).toMatchObject({ 'transfer-encoding': ['chunked'] })
  })

  it('a fetched token is placed as its authentication type defines', async () => {
    connectWith({
      auth: {
        kind: 'oauth2_client_credentials',
        tokenUrl: `${upstream.origin}/token`,
        clientId: 'id',
        clientSecret: 'secret-of-client',
        scopes: [],
        audience: undefined,
        resource: undefined,
        clientAuth: 'basic',
        extraParameters: {},
      },
    })
    const { text } = await proxy.call('/')
    expect(upstream.received[0]?.headers['authorization']).toEqual(['Bearer fetched-token'])
    expect(text).not.toContain('fetched-token')
  })

  it('the last use of integration and connection is recorded', async () => {
    proxy.lastUses.splice(0)
    await proxy.call('/')
    expect(proxy.lastUses).toEqual([INTEGRATION_ID, 'conn_01jd0000000000000000000000'])
  })
})

describe('rejects', () => {
  it('protocol upgrades, except that an HTTP/2 upgrade is ignored', async () => {
    const upgrade = (to: string) => [
      ...CALLER_AUTHORIZATION,
      'Connection',
      'Upgrade',
      'Upgrade',
      to,
    ]
    expect((await proxy.call('/', { headers: upgrade('websocket') })).status).toBe(400)
    expect((await proxy.call('/', { headers: upgrade('h2c') })).status).toBe(200)
    expect(upstream.received[0]?.headers).not.toHaveProperty('upgrade')
  })

  it('TRACE', async () => {
    const { status, headers } = await proxy.call('/', { method: 'TRACE' })
    expect([status, headers.allow?.includes('PROPFIND')]).toEqual([405, true])
  })

  it('a path without an integration', async () => {
    for (const path of ['/proxy', '/proxy/', '/%70roxy/x/y'])
      expect((await fetch(`${proxy.url}${path}`, { headers: { authorization: 'x' } })).status).toBe(
        404,
      )
  })

  it('a session cookie without an Authorization header', async () => {
    const { status, text } = await proxy.call('/', { headers: ['Cookie', 'keyporter_session=x'] })
    expect([status, JSON.parse(text).code]).toEqual([401, 'unauthenticated'])
    expect(upstream.received).toEqual([])
  })

  it('response headers that would affect Keyporter’s own origin are removed', async () => {
    const kept = { 'x-kept': 'yes', etag: '"1"', link: '</p2>; rel="next"', 'retry-after': '3' }
    const dropped = {
      'set-cookie': ['keyporter_session=evil; Path=/', 'b=c'],
      'www-authenticate': 'Basic',
      'strict-transport-security': 'max-age=0',
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
      'server-timing': 'db;dur=53',
      'clear-site-data': '"*"',
      'alt-svc': 'h3=":443"',
      refresh: '0; url=https://evil.example/',
      'service-worker-allowed': '/',
      nel: '{}',
      'keyporter-anything': 'x',
      'proxy-authenticate': 'Basic',
      // nginx or Apache in front of Keyporter would send a file or another page instead of the response.
      'x-accel-redirect': '/private/report',
      'x-accel-expires': '3600',
      'x-sendfile': '/etc/passwd',
    }
    upstream.respondWith((response) => {
      response.writeHead(200, { ...kept, ...dropped, 'x-request-id': 'theirs' })
      response.end()
    })
    const { headers } = await proxy.call('/')
    expect(headers).toMatchObject({
      ...kept,
      'x-request-id': 'req_test',
      'keyporter-upstream-request-id': 'theirs',
    })
    for (const name of Object.keys(dropped)) expect(headers).not.toHaveProperty(name)
  })

  it('an upstream’s page is sandboxed', async () => {
    upstream.respondWith((response) => {
      response.writeHead(200, {
        'content-type': 'text/html',
        'content-security-policy': "script-src 'unsafe-inline'",
        'x-content-type-options': 'sniff',
        'cross-origin-resource-policy': 'cross-origin',
      })
      response.end('<script>alert(document.domain)</script>')
    })
    const { headers } = await proxy.call('/')
    expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'content-type': 'text/html',
    })
  })

  it('an upstream cannot set the header that marks its responses', async () => {
    upstream.respondWith((response) => {
      response.writeHead(401, {
        'content-type': 'application/problem+json',
        'keyporter-response-source': 'ours',
      })
      response.end('{"type":"urn:keyporter:error:invalid_token","code":"invalid_token"}')
    })
    const theirs = await proxy.call('/')
    expect([theirs.status, theirs.headers['keyporter-response-source']]).toEqual([401, 'upstream'])
    const ours = await proxy.call('/', { headers: [] })
    expect(ours.status).toBe(401)
    expect(ours.headers).not.toHaveProperty('keyporter-response-source')
  })

  it('shared caches must not store upstream responses', async () => {
    upstream.respondWith((response, { url }) => {
      response.writeHead(200, {
        'cache-control': decodeURIComponent(url.slice(1)),
        'cdn-cache-control': 'max-age=60',
        'surrogate-control': 'max-age=60',
      })
      response.end()
    })
    for (const [theirs, ours] of [
      ['public, max-age=60, s-maxage=600', 'private, max-age=60'],
      ['no-store', 'private, no-store'],
      ['private="x, y", no-cache="set-cookie, x"', 'private, no-cache="set-cookie, x"'],
    ] as const) {
      const { headers } = await proxy.call(`/${encodeURIComponent(theirs)}`)
      expect(headers['cache-control']).toBe(ours)
      expect(headers).not.toHaveProperty('cdn-cache-control')
    }
  })
})
