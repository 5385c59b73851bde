import { describe, expect, it } from 'vitest'
import { CALLER_AUTHORIZATION, useIsolatedProxy } from '../../../../test/support/isolated-proxy.ts'

// The paths and headers that are sent to the upstream.

const { connectWith, proxy, upstream } = useIsolatedProxy()

describe('does', () => {
  it.each([
    ['', '/a%2fb%2Fc', '/a%2fb%2Fc'],
    ['/v2', '/a%2Fb', '/v2/a%2Fb'],
    ['', '/caf%E9/%zz', '/caf%E9/%zz'],
    ['/v2', '/a//b/', '/v2/a//b/'],
    ['/v2', '?q=1', '/v2?q=1'],
    ['', '', '/'],
    ['/v2', '/', '/v2/'],
    ['', '/a?b=%20c&b=d+e&&x', '/a?b=%20c&b=d+e&&x'],
    ['', '/a?', '/a'],
    ['', '/a/../b', '/a/../b'],
    ['/v2', "/a;b=c/:@!$&'()*+,=~", "/v2/a;b=c/:@!$&'()*+,=~"],
  ])('below the base path "%s", %s is sent as %s', async (basePath, asked, sent) => {
    connectWith({ basePath })
    expect((await proxy.call(asked)).status).toBe(200)
    expect(upstream.received.map(({ url }) => url)).toEqual([sent])
  })

  it('headers are merged in order: integration, call, connection, authentication', async () => {
    connectWith({
      integrationHeaders: [
        { name: 'X-A', value: 'integration' },
        { name: 'X-B', value: 'integration' },
        { name: 'X-C', value: 'integration' },
        { name: 'X-Key', value: 'integration' },
      ],
      connectionHeaders: [
        { name: 'x_c', value: 'connection' },
        { name: 'X-D', value: 'connection' },
        { name: 'X-KEY', value: 'connection' },
      ],
      auth: { kind: 'api_key', in: 'header', name: 'X-Key', value: 'the-secret-key' },
    })
    const call = ['X_B', 'call', 'x-b', 'call again', 'X-C', 'call', 'X-D', 'call', 'x_key', 'call']
    await proxy.call('/', { headers: [...CALLER_AUTHORIZATION, ...call] })
    const { headers } = upstream.received[0] ?? { headers: {} }
    expect(headers).toMatchObject({
      'x-a': ['integration'],
      x_b: ['call'],
      'x-b': ['call again'],
      x_c: ['connection'],
      'x-d': ['connection'],
      'x-key': ['the-secret-key'],
    })
    expect(headers).not.toHaveProperty('x-c')
    expect(headers).not.toHaveProperty('x_key')
  })

  it('the integration’s content type is sent with a body, unless the call has its own', async () => {
    connectWith({ contentType: 'application/xml' })
    const types = async (method: string, headers: string[], body?: string) => {
      await proxy.call('/', {
        method,
        headers: [...CALLER_AUTHORIZATION, ...headers],
        ...(body === undefined ? {} : { body }),
      })
      return upstream.received.at(-1)?.headers['content-type']
    }
    expect(await types('GET', [])).toBeUndefined()
    expect(await types('POST', [])).toEqual(['application/xml'])
    expect(await types('DELETE', ['Content-Length', '1'], 'x')).toEqual(['application/xml'])
    expect(await types('POST', ['content-type', 'no type at all'], 'x')).toEqual(['no type at all'])
  })
})

describe('rejects', () => {
  it.each([
    '/../admin',
    '/%2e%2e/admin',
    '/a/%2E%2E/%2e%2e/admin',
    '/..%2fadmin',
    '/%252e%252e/admin',
    '/..;/admin',
    '/.%2e;a=b/admin',
    '/a/..',
    '/..%5cadmin',
    String.raw`/..\admin`,
    String.raw`/a\b`,
    '/a#b',
  ])('%s, which leaves the base path or can be interpreted so', async (asked) => {
    connectWith({ basePath: '/v2' })
    const { status, text } = await proxy.call(asked)
    expect([status, upstream.received]).toEqual([400, []])
    if (text !== '') expect(JSON.parse(text).code).toBe('invalid_request')
  })

  it('paths that can be interpreted as another host', async () => {
    for (const asked of ['//evil.example/x', '//', '///x'])
      expect([asked, (await proxy.call(asked)).status]).toEqual([asked, 400])
    expect(upstream.received).toEqual([])
  })

  it('headers of the caller’s connection and credentials are not forwarded', async () => {
    const dropped = [
      ['Cookie', 'a=b'],
      ['Keyporter-Organization', 'org_01jd0000000000000000000000'],
      ['keyporter_anything', 'x'],
      ['Connection', 'close, X-Named'],
      ['X-Named', 'x'],
      ['Keep-Alive', 'timeout=5'],
      ['Proxy-Authorization', 'Basic eDp5'],
      ['Proxy_Connection', 'close'],
      ['TE', 'trailers'],
      ['Forwarded', 'for=1.2.3.4'],
      ['X-Forwarded-For', '1.2.3.4'],
      ['x_forwarded_host', 'evil.example'],
      ['X-Real-IP', '1.2.3.4'],
      ['X-Original-URL', '/admin'],
      ['X_Rewrite_Url', '/admin'],
      ['Via', '1.1 x'],
      ['Accept-Encoding', 'gzip'],
    ]
    await proxy.call('/', {
      headers: [...CALLER_AUTHORIZATION, 'X-Kept', 'yes', ...dropped.flat()],
    })
    const headers = upstream.received[0]?.headers ?? {}
    expect(Object.keys(headers).sort()).toEqual(['accept-encoding', 'connection', 'host', 'x-kept'])
    expect(headers['accept-encoding']).toEqual(['identity'])
    expect(headers['connection']).toEqual(['keep-alive'])
    expect(headers['host']).toEqual([new URL(upstream.origin).host])
  })
})
