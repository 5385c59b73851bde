import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import type { AwsSigV4Auth } from '../auth-types.ts'
import { encodeHex } from '../bytes.ts'
import { authenticateRequest, bodyRequirement } from './authenticate-request.ts'
import { type OutgoingRequest, SigningError } from './request.ts'

const other: AwsSigV4Auth = {
  kind: 'aws_sigv4',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'iam',
}
const s3: AwsSigV4Auth = { ...other, service: 's3' }
const stream = { body: { kind: 'stream' } } as const
const hello = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

/** Returns the lines of the canonical request. */
function lines(auth: AwsSigV4Auth, parts: Partial<OutgoingRequest>): readonly string[] {
  const { explanation } = authenticateRequest(auth, outgoing(parts), signingContext)
  return explanation?.canonicalRequest.split('\n') ?? []
}

function pathOf(auth: AwsSigV4Auth, path: string) {
  return {
    sent: authenticateRequest(auth, outgoing({ path }), signingContext).path,
    signed: lines(auth, { path })[1],
  }
}

function queryOf(query: string) {
  return {
    sent: authenticateRequest(other, outgoing({ query }), signingContext).query,
    signed: lines(other, { query })[2],
  }
}

describe('the path', () => {
  test('of a service other than S3 is signed with additional encoding', () => {
    expect(pathOf(other, '/a%20b/%E1%88%B4/c')).toEqual({
      sent: '/a%20b/%E1%88%B4/c',
      signed: '/a%2520b/%25E1%2588%25B4/c',
    })
    expect(pathOf(other, '/%2F%25')).toEqual({ sent: '/%2F%25', signed: '/%252F%2525' })
  })

  test('of S3 is signed as it is sent', () => {
    expect(pathOf(s3, '/a%20b/%E1%88%B4/c')).toEqual({
      sent: '/a%20b/%E1%88%B4/c',
      signed: '/a%20b/%E1%88%B4/c',
    })
  })

  test.each([
    ['//a//b', '/a/b'],
    ['/a/./b/../c/', '/a/c/'],
    ['/a/..', '/'],
    ['/../..//', '/'],
    ['/a/.', '/a'],
    ['', '/'],
    ['/.well-known/..a', '/.well-known/..a'],
  ])('%j is normalized for a service other than S3, and not for S3', (path, normalized) => {
    expect(pathOf(other, path)).toEqual({ sent: path, signed: normalized })
    expect(pathOf(s3, path)).toEqual({ sent: path, signed: path === '' ? '/' : path })
  })

  test('is sent in the encoding that every server signs', () => {
    const spelled = '/photo (1)+\'é%7e%c3%a9%zz%!*"$&;=:@,'
    const sent = '/photo%20%281%29%2B%27%C3%A9~%C3%A9%25zz%25%21%2A%22%24%26%3B%3D%3A%40%2C'
    expect(pathOf(s3, spelled)).toEqual({ sent, signed: sent })
    expect(pathOf(other, spelled).sent).toBe(sent)
  })

  test('of S3 contains slashes for %2F, and other services keep %2F', () => {
    expect(pathOf(s3, '/a%2Fb%2fc').sent).toBe('/a/b/c')
    expect(pathOf(other, '/a%2Fb%2fc').sent).toBe('/a%2Fb%2Fc')
  })
})

describe('the query', () => {
  test('is signed sorted by name and value, and sent in its own order', () => {
    expect(queryOf('b=2&a-b=1&a=2&a=10&A=3&a=%2F')).toEqual({
      sent: 'b=2&a-b=1&a=2&a=10&A=3&a=%2F',
      signed: 'A=3&a=%2F&a=10&a=2&a-b=1&b=2',
    })
  })

  test('without a value is signed with an equals sign', () => {
    expect(queryOf('uploads&acl=')).toEqual({ sent: 'uploads&acl=', signed: 'acl=&uploads=' })
  })

  test('sends and signs plus signs as spaces', () => {
    expect(queryOf('q=a+b%2Bc')).toEqual({ sent: 'q=a%20b%2Bc', signed: 'q=a%20b%2Bc' })
  })

  test('is sent in one encoding, without empty pairs', () => {
    expect(queryOf("&filter=a=b/c:(d)'%7e%zz&&=x&")).toEqual({
      sent: 'filter=a%3Db%2Fc%3A%28d%29%27~%25zz&=x',
      signed: '=x&filter=a%3Db%2Fc%3A%28d%29%27~%25zz',
    })
  })
})

describe('the headers', () => {
  test('are signed in lowercase, sorted, trimmed, and joined by name', () => {
    const signed = lines(other, {
      headers: [
        { name: 'X-Zulu', value: ' two \t  words ' },
        { name: 'Content-Type', value: 'application/json' },
        { name: 'x-zulu', value: 'a' },
      ],
    })
    expect(signed.slice(3)).toEqual([
      'content-type:application/json',
      'host:api.example.com',
      'x-amz-date:20231114T221320Z',
      'x-zulu:two words,a',
      '',
      'content-type;host;x-amz-date;x-zulu',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ])
  })

  test('that proxies change are sent, but not signed', () => {
    const headers = [
      { name: 'Accept-Encoding', value: 'identity' },
      { name: 'User-Agent', value: 'curl' },
      { name: 'Sec-Fetch-Mode', value: 'cors' },
      { name: 'X-Forwarded-For', value: '192.0.2.1' },
      { name: 'X-Amzn-Trace-Id', value: 'Root=1' },
    ]
    expect(
      authenticateRequest(other, outgoing({ headers }), signingContext).headers.slice(0, 5),
    ).toEqual(headers)
    expect(lines(other, { headers }).at(-2)).toBe('host;x-amz-date')
  })

  test('of an existing signature are replaced', () => {
    const headers = [
      'authorization',
      'X-AMZ-DATE',
      'x-amz-security-token',
      'Host',
      'content-length',
    ].map((name) => ({ name, value: 'stale' }))
    const attached = authenticateRequest(other, outgoing({ headers }), signingContext)
    expect(attached.headers.map(({ name }) => name)).toEqual(['X-Amz-Date', 'Authorization'])
    expect(attached.explanation?.canonicalRequest).not.toContain('stale')
  })

  test('include the sent host, with a non-default port', () => {
    const host = (origin: string) =>
      lines(other, { origin }).find((line) => line.startsWith('host:'))
    expect(host('https://api.example.com')).toBe('host:api.example.com')
    expect(host('http://127.0.0.1:8080')).toBe('host:127.0.0.1:8080')
    expect(host('https://[2001:db8::1]:8443')).toBe('host:[2001:db8::1]:8443')
  })

  test('are hashed as the sent bytes', () => {
    const hashed: (string | Uint8Array)[] = []
    const sha256 = (data: string | Uint8Array) => {
      hashed.push(data)
      return signingContext.sha256(data)
    }
    const headers = [{ name: 'X-Amz-Meta-Name', value: 'Zo\u00EB' }]
    const { explanation } = authenticateRequest(s3, outgoing({ headers }), {
      ...signingContext,
      sha256,
    })
    expect(hashed).toEqual([
      new Uint8Array(Buffer.from(explanation?.canonicalRequest ?? '', 'latin1')),
    ])
  })

  test('include a session token, which is signed and listed as a secret', () => {
    const attached = authenticateRequest(
      { ...other, sessionToken: 'temporary+/=' },
      outgoing(),
      signingContext,
    )
    expect(headerValues(attached, 'X-Amz-Security-Token')).toEqual(['temporary+/='])
    expect(headerValues(attached, 'Authorization')[0]).toContain(
      'SignedHeaders=host;x-amz-date;x-amz-security-token,',
    )
    expect(attached.secrets).toEqual(['temporary+/='])
    expect(authenticateRequest(other, outgoing(), signingContext).secrets).toEqual([])
  })
})

describe('the body', () => {
  const payload = (auth: AwsSigV4Auth, parts: Partial<OutgoingRequest>) => {
    const attached = authenticateRequest(
      auth,
      outgoing({ method: 'PUT', ...parts }),
      signingContext,
    )
    return {
      signed: attached.explanation?.canonicalRequest.split('\n').at(-1),
      said: headerValues(attached, 'x-amz-content-sha256'),
    }
  }
  const stating = (value: string) => ({ headers: [{ name: 'x-amz-content-sha256', value }] })

  test('is not required for S3 over https, and its digest is required otherwise', () => {
    expect(bodyRequirement(s3, { origin: 'https://s3.amazonaws.com' })).toBe('nothing')
    expect(bodyRequirement(s3, { origin: 'http://s3.amazonaws.com' })).toBe('digest')
    expect(bodyRequirement(other, { origin: 'https://iam.amazonaws.com' })).toBe('digest')
  })

  test('is signed with its digest, which is sent to S3', () => {
    const body = bytesBody('hello')
    expect(payload(other, { body })).toEqual({ signed: hello, said: [] })
    expect(payload(s3, { body })).toEqual({ signed: hello, said: [hello] })
    expect(payload(s3, { body: { kind: 'digest', sha256: hello } }).signed).toBe(hello)
  })

  test('is unsigned when it is streamed to S3', () => {
    expect(payload(s3, stream)).toEqual({ signed: 'UNSIGNED-PAYLOAD', said: ['UNSIGNED-PAYLOAD'] })
  })

  test('is signed with the stated digest when streamed, else with its own digest', () => {
    expect(payload(s3, { ...stream, ...stating(hello) })).toEqual({ signed: hello, said: [hello] })
    const wrong = stating('0'.repeat(64))
    expect(payload(s3, { body: bytesBody('hello'), ...wrong }).said).toEqual([hello])
    expect(payload(other, { body: bytesBody('hello'), ...wrong }).said).toEqual([hello])
  })

  test.each(['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'])(
    'is sent as %s if the caller sets that value',
    (value) => {
      expect(payload(s3, { ...stream, ...stating(value) }).said).toEqual([value])
      expect(payload(other, { body: bytesBody('hello'), ...stating(value) }).signed).toBe(value)
    },
  )

  test.each([
    ['is streamed to a service other than S3', other, stream],
    ['is streamed over http', s3, { ...stream, origin: 'http://s3.example.com' }],
    [
      'is unsigned over http',
      s3,
      { ...stream, ...stating('UNSIGNED-PAYLOAD'), origin: 'http://s3.example.com' },
    ],
    [
      'is streamed in chunks that the caller signed',
      s3,
      { ...stream, ...stating('STREAMING-AWS4-HMAC-SHA256-PAYLOAD') },
    ],
  ])('that %s is rejected', (_, auth, parts) => {
    expect(() => authenticateRequest(auth, outgoing(parts), signingContext)).toThrow(SigningError)
  })
})

describe('the key', () => {
  const keys = new Map<string, Uint8Array>()
  const derived: string[] = []
  const cachedKey = (name: string, derive: () => Uint8Array) => {
    const key = keys.get(name) ?? derive()
    if (!keys.has(name)) derived.push(name)
    keys.set(name, key)
    return key
  }
  const at = (instant: string) => ({ ...signingContext, cachedKey, nowMs: Date.parse(instant) })

  test('is derived once for a day, a region and a service', () => {
    const first = authenticateRequest(other, outgoing(), at('2012-02-15T00:00:00Z'))
    const again = authenticateRequest({ ...other }, outgoing(), at('2012-02-15T00:00:00Z'))
    expect(derived).toHaveLength(1)
    expect(again).toEqual(first)
    const [key] = keys.values()
    // The example of the AWS reference.
    expect(encodeHex(key ?? new Uint8Array())).toBe(
      'f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d',
    )
    authenticateRequest(other, outgoing(), at('2012-02-15T23:59:59Z'))
    expect(derived).toHaveLength(1)
    authenticateRequest(other, outgoing(), at('2012-02-16T00:00:00Z'))
    authenticateRequest(
      { ...other, region: 'eu-central-1' },
      outgoing(),
      at('2012-02-15T00:00:00Z'),
    )
    authenticateRequest(s3, outgoing(), at('2012-02-15T00:00:00Z'))
    expect(derived).toHaveLength(4)
  })

  test('of a correct secret never signs for a wrong secret with the same access key ID', () => {
    const forged = { ...other, secretAccessKey: 'a guess' }
    const instant = at('2012-02-15T00:00:00Z')
    const { cachedKey: _, ...uncached } = instant
    const signature = (auth: AwsSigV4Auth, world: typeof uncached) =>
      headerValues(authenticateRequest(auth, outgoing(), world), 'Authorization')
    expect(signature(forged, instant)).toEqual(signature(forged, uncached))
    expect(signature(forged, instant)).not.toEqual(signature(other, instant))
  })

  test('is cached with a name that does not contain the secret', () => {
    expect(derived.join()).not.toContain(other.secretAccessKey)
  })
})

describe('rejects', () => {
  test.each([
    ['a header value with a line break', { headers: [{ name: 'x', value: 'a\r\nb: c' }] }],
    ['a header value beyond Latin-1', { headers: [{ name: 'x', value: '\u2713' }] }],
    ['half a surrogate pair in the path', { path: '/\uD800' }],
    ['half a surrogate pair in the query', { query: 'a=\uDC00' }],
  ])('%s', (_, parts) => {
    expect(() => authenticateRequest(s3, outgoing(parts), signingContext)).toThrow(SigningError)
  })

  test.each([
    ['an access key with a slash', { accessKeyId: 'a/b' }],
    ['an access key with a comma', { accessKeyId: 'a,b' }],
    ['a region with a line break', { region: 'a\nb' }],
    ['no service', { service: '' }],
    ['a session token that is not a valid header value', { sessionToken: 'a\nb' }],
  ])('%s', (_, parts) => {
    expect(() => authenticateRequest({ ...other, ...parts }, outgoing(), signingContext)).toThrow(
      SigningError,
    )
  })

  test('without a value in the message', () => {
    try {
      authenticateRequest({ ...other, sessionToken: 'se\ncret' }, outgoing(), signingContext)
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toContain('cret')
    }
  })
})
