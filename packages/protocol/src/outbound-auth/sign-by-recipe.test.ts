import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { authenticateRequest, bodyRequirement } from './authenticate-request.ts'
import type { HmacPart, HmacRecipe } from './hmac-recipe.ts'
import { type OutgoingRequest, SigningError } from './request.ts'

const SECRET = 'Sup3r-s3cret'
const SIGNATURE = { name: 'X-Signature', value: '{signature}' }

const request = outgoing({
  method: 'POST',
  path: '/caf%C3%A9/a%2Fb',
  query: 'b=2&a=3&a=1&a-b=0&%7e',
  headers: [
    { name: 'X-Tag', value: 'One' },
    { name: 'x-tag', value: 'TWO' },
  ],
  body: bytesBody('hello'),
})

function sign(
  recipe: Partial<HmacRecipe>,
  changes: Partial<
    OutgoingRequest & { clientId: string; clientSecret: string; nowMs: number }
  > = {},
) {
  const {
    clientId = 'client-1',
    clientSecret = SECRET,
    nowMs = signingContext.nowMs,
    ...parts
  } = changes
  const whole: HmacRecipe = { parts: [], separator: '|', headers: [SIGNATURE], ...recipe }
  const auth = {
    kind: 'hmac_sha256',
    scheme: 'custom',
    clientId,
    clientSecret,
    recipe: whole,
  } as const
  return authenticateRequest(auth, { ...request, ...parts }, { ...signingContext, nowMs })
}

const textOf = (part: HmacPart, changes?: Partial<OutgoingRequest>) =>
  sign({ parts: [part] }, changes).explanation?.stringToSign

describe('a part', () => {
  const sha256 = createHash('sha256').update('hello')
  const [hex, base64] = [sha256.copy().digest('hex'), sha256.digest('base64')]

  test.each<[HmacPart, string]>([
    [{ part: 'literal', text: 'v0:\n' }, 'v0:\n'],
    [{ part: 'method' }, 'POST'],
    [{ part: 'method', case: 'upper' }, 'POST'],
    [{ part: 'method', case: 'lower' }, 'post'],
    [{ part: 'host' }, 'api.example.com'],
    [{ part: 'host', port: 'always' }, 'api.example.com:443'],
    [{ part: 'path' }, '/caf%C3%A9/a%2Fb'],
    [{ part: 'path', form: 'raw' }, '/caf%C3%A9/a%2Fb'],
    [{ part: 'path', form: 'decoded' }, '/café/a/b'],
    [{ part: 'query' }, 'b=2&a=3&a=1&a-b=0&%7e'],
    [{ part: 'query', mark: true }, '?b=2&a=3&a=1&a-b=0&%7e'],
    [{ part: 'query', form: 'sorted' }, '%7e&a=1&a=3&a-b=0&b=2'],
    [{ part: 'header', name: 'X-TAG' }, 'One, TWO'],
    [{ part: 'header', name: 'x-tag', case: 'lower' }, 'one, two'],
    [{ part: 'header', name: 'X-Absent' }, ''],
    [{ part: 'header', name: 'Host' }, 'api.example.com'],
    [{ part: 'header', name: 'Content-Length' }, '5'],
    [{ part: 'timestamp' }, '1700000000'],
    [{ part: 'nonce' }, 'nonce-of-22-characters_'],
    [{ part: 'client_id' }, 'client-1'],
    [{ part: 'body' }, 'hello'],
    [{ part: 'body_sha256' }, hex],
    [{ part: 'body_sha256', encoding: 'hex' }, hex],
    [{ part: 'body_sha256', encoding: 'base64' }, base64],
  ])('%j is %j', (part, text) => {
    expect(textOf(part)).toBe(text)
  })

  test.each([
    ['https://a.example:8443', 'a.example:8443', 'a.example:8443', 'a.example'],
    ['http://a.example', 'a.example', 'a.example:80', 'a.example'],
    ['https://[::1]:8080', '[::1]:8080', '[::1]:8080', '[::1]'],
  ])('the host of %s has the requested port format', (origin, unlessDefault, always, never) => {
    expect(textOf({ part: 'host', port: 'unless_default' }, { origin })).toBe(unlessDefault)
    expect(textOf({ part: 'host', port: 'always' }, { origin })).toBe(always)
    expect(textOf({ part: 'host', port: 'never' }, { origin })).toBe(never)
  })

  test('an empty query has no question mark', () => {
    expect(textOf({ part: 'query', mark: true }, { query: '' })).toBe('')
  })

  test('a path that decodes to invalid UTF-8 is rejected', () => {
    expect(() => textOf({ part: 'path', form: 'decoded' }, { path: '/%ff' })).toThrow(SigningError)
  })

  test.each([
    ['seconds', '1700000000'],
    ['milliseconds', '1700000000123'],
    ['iso8601', '2023-11-14T22:13:20.123Z'],
    ['http_date', 'Tue, 14 Nov 2023 22:13:20 GMT'],
  ] as const)('the timestamp in %s is %s, signed and sent', (timestamp, text) => {
    const headers = [SIGNATURE, { name: 'X-Time', value: '{timestamp}' }]
    const sent = sign({ parts: [{ part: 'timestamp' }], timestamp, headers })
    expect(sent.explanation?.stringToSign).toBe(text)
    expect(headerValues(sent, 'X-Time')).toEqual([text])
  })
})

describe('the text', () => {
  const parts: HmacPart[] = [{ part: 'method' }, { part: 'client_id' }, { part: 'query' }]

  test.each([
    ['\n', undefined, 'POST\nclient-1\n'],
    ['\n', true, 'POST\nclient-1\n\n'],
    ['', true, 'POSTclient-1'],
    [' :: ', false, 'POST :: client-1 :: '],
  ])('has the separator %j, trailing %j', (separator, trailingSeparator, text) => {
    const sent = sign({ parts, separator, trailingSeparator }, { query: '' })
    expect(sent.explanation?.stringToSign).toBe(text)
  })

  test('is the concatenation of all parts', () => {
    const part = fc.oneof(
      anyText.map((text): HmacPart => ({ part: 'literal', text })),
      fc.constantFrom<HmacPart>({ part: 'body' }, { part: 'path' }, { part: 'nonce' }),
    )
    const recipe = { parts: fc.array(part, { minLength: 1, maxLength: 5 }), separator: anyText }
    fc.assert(
      fc.property(fc.record(recipe), fc.boolean(), (some, trailingSeparator) => {
        const sent = sign({ ...some, trailingSeparator })
        const text = sent.explanation?.stringToSign ?? ''
        const mac = createHmac('sha256', SECRET).update(text).digest('hex')
        expect(headerValues(sent, 'X-Signature')).toEqual([mac])
      }),
    )
  })
})

describe('the key', () => {
  const key = Buffer.from([0, 1, 254, 255])
  test.each(['hex', 'base64'] as const)('is decoded as %s', (spelling) => {
    const clientSecret = key.toString(spelling)
    const sent = sign({ parts: [{ part: 'method' }], key: spelling }, { clientSecret })
    const mac = createHmac('sha256', key).update('POST').digest('hex')
    expect(headerValues(sent, 'X-Signature')).toEqual([mac])
  })

  test.each([
    ['hex', 'abc'],
    ['hex', 'zz'],
    ['base64', 'abc'],
    ['base64', '_-8='],
  ] as const)('is rejected as %s when it is %s', (spelling, clientSecret) => {
    expect(() => sign({ key: spelling }, { clientSecret })).toThrow(SigningError)
  })
})

describe('the signature', () => {
  const mac = createHmac('sha256', SECRET).update('POST').digest()

  test.each([
    ['hex', mac.toString('hex')],
    ['hex_upper', mac.toString('hex').toUpperCase()],
    ['base64', mac.toString('base64')],
    ['base64url', mac.toString('base64url')],
  ] as const)('is encoded in %s', (output, signature) => {
    const sent = sign({ parts: [{ part: 'method' }], output })
    expect(headerValues(sent, 'X-Signature')).toEqual([signature])
  })

  test('replaces a query parameter, which is not signed itself', () => {
    const parts: HmacPart[] = [{ part: 'query' }]
    const recipe = { parts, headers: [], queryParameter: 'sig', output: 'base64' } as const
    const sent = sign(recipe, { query: 'a=1&si%67=mine&b=2' })
    const signature = createHmac('sha256', SECRET).update('a=1&b=2').digest('base64')
    expect(sent.explanation?.stringToSign).toBe('a=1&b=2')
    expect(sent.query).toBe(`a=1&b=2&sig=${encodeURIComponent(signature)}`)
  })

  test('requires a header or query parameter', () => {
    expect(() => sign({ headers: [{ name: 'X-Id', value: '{client_id}' }] })).toThrow(SigningError)
  })
})

describe('headers', () => {
  test('are filled in one pass, without placeholders in values', () => {
    const value = 'id={client_id} n={nonce} d={body_sha256} x={other} s={signature}'
    const headers = [{ name: 'X-All', value }]
    const parts: HmacPart[] = [{ part: 'nonce' }, { part: 'body_sha256', encoding: 'base64' }]
    const sent = sign({ headers, parts }, { clientId: '{signature}$&' })
    const digest = createHash('sha256').update('hello').digest('base64')
    const signature = createHmac('sha256', SECRET).update(`nonce-of-22-characters_|${digest}`)
    expect(headerValues(sent, 'X-All')).toEqual([
      `id={signature}$& n=nonce-of-22-characters_ d=${digest} x={other} s=${signature.digest('hex')}`,
    ])
  })

  test('of the recipe can be signed, and replace headers of the caller', () => {
    const headers = [{ name: 'X-Time', value: '{timestamp}' }, SIGNATURE]
    const forged = [
      { name: 'x_time', value: '0' },
      { name: 'X-SIGNATURE', value: 'forged' },
    ]
    const parts: HmacPart[] = [
      { part: 'header', name: 'x-time' },
      { part: 'header', name: 'x-signature' },
    ]
    const sent = sign({ headers, parts }, { headers: forged })
    expect(sent.explanation?.stringToSign).toBe('1700000000|')
    expect(sent.headers.map(({ name }) => name)).toEqual(['X-Time', 'X-Signature'])
  })

  test('contain the signed nonce', () => {
    let count = 0
    const recipe: HmacRecipe = {
      parts: [{ part: 'nonce' }],
      separator: '',
      headers: [
        { name: 'X-A', value: '{nonce}' },
        { name: 'X-B', value: '{nonce}.{signature}' },
      ],
    }
    const auth = {
      kind: 'hmac_sha256',
      scheme: 'custom',
      clientId: 'c',
      clientSecret: 's',
      recipe,
    } as const
    const sent = authenticateRequest(auth, request, {
      ...signingContext,
      nonce: () => `n${(count += 1)}`,
    })
    expect(count).toBe(1)
    expect(sent.explanation?.stringToSign).toBe('n1')
    expect(headerValues(sent, 'X-A')).toEqual(['n1'])
  })
})

describe('the body requirement of a recipe', () => {
  test.each<[Partial<HmacRecipe>, string]>([
    [{ parts: [{ part: 'path' }] }, 'nothing'],
    [{ parts: [{ part: 'body_sha256' }] }, 'digest'],
    [{ parts: [], headers: [{ name: 'X', value: '{body_sha256}{signature}' }] }, 'digest'],
    [{ parts: [{ part: 'body_sha256' }, { part: 'body' }] }, 'bytes'],
    [{ parts: [{ part: 'header', name: 'content-length' }] }, 'bytes'],
  ])('of %j is %s', (some, need) => {
    const recipe: HmacRecipe = { parts: [], separator: '', headers: [SIGNATURE], ...some }
    const auth = {
      kind: 'hmac_sha256',
      scheme: 'custom',
      clientId: '',
      clientSecret: '',
      recipe,
    } as const
    expect(bodyRequirement(auth, request)).toBe(need)
  })
})
