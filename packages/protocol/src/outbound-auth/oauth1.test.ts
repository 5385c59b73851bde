import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { oauth1, oauth1BaseString } from './oauth1.ts'
import { type OutgoingRequest, type SigningContext, SigningError } from './request.ts'

const auth = {
  kind: 'oauth1',
  consumerKey: 'key 1',
  consumerSecret: 'consumer s&cret',
  accessToken: 'token/1',
  accessTokenSecret: 'token s&cret',
  signatureMethod: 'HMAC-SHA256',
} as const
const KEY = 'consumer%20s%26cret&token%20s%26cret'
const FORM = { name: 'Content-Type', value: 'application/x-www-form-urlencoded' }

const signed = (
  request: Partial<OutgoingRequest> = {},
  settings: Partial<Parameters<typeof oauth1.authenticate>[0]> = {},
  context: SigningContext = signingContext,
) => oauth1.authenticate({ ...auth, ...settings }, outgoing(request), context)
const baseOf = (request: Partial<OutgoingRequest>) => signed(request).explanation?.stringToSign

describe('RFC 5849', () => {
  test('§3.4.1.1: the base string of a request with a query and a form', () => {
    const request = outgoing({
      method: 'POST',
      origin: 'http://example.com',
      path: '/request',
      query: 'b5=%3D%253D&a3=a&c%40=&a2=r%20b',
      headers: [FORM],
      body: bytesBody('c2&a3=2+q'),
    })
    const parameters = [
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
    ] as const
    expect(oauth1BaseString(request, parameters)).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D' +
        '%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1' +
        '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    )
  })

  test('§1.2: the signature of the request for a photo', () => {
    const request = outgoing({
      origin: 'http://photos.example.net',
      path: '/photos',
      query: 'file=vacation.jpg&size=original',
    })
    const base = oauth1BaseString(request, [
      ['oauth_consumer_key', 'dpf43f3p2l4k3l03'],
      ['oauth_token', 'nnch734d00sl2jdk'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131202'],
      ['oauth_nonce', 'chapoH'],
    ])
    const mac = createHmac('sha1', 'kd94hf93k423kf44&pfkkdhi9sl3r4s00').update(base)
    expect(mac.digest('base64')).toBe('MdpQcU8iPSUjWoN/UDMsK2sui9I=')
  })
})

describe('does', () => {
  test.each([
    ['HMAC-SHA256', 'sha256'],
    ['HMAC-SHA1', 'sha1'],
  ] as const)(
    '%s: the header has the parameters and the signature of the base string',
    (signatureMethod, algorithm) => {
      const { headers, explanation, query } = signed(
        { query: 'a=1' },
        { signatureMethod, realm: 'A "b"' },
      )
      const mac = createHmac(algorithm, KEY)
        .update(explanation?.stringToSign ?? '')
        .digest('base64')
      expect([headers, query]).toEqual([
        [
          {
            name: 'Authorization',
            value:
              'OAuth realm="A \\"b\\"", oauth_consumer_key="key%201", oauth_token="token%2F1", ' +
              `oauth_signature_method="${signatureMethod}", oauth_timestamp="1700000000", ` +
              `oauth_nonce="nonce-of-22-characters_", oauth_version="1.0", oauth_signature="${encodeURIComponent(mac)}"`,
          },
        ],
        'a=1',
      ])
    },
  )

  test('PLAINTEXT: the signature is the key, which is redacted in every encoding that is sent', () => {
    const { headers, secrets, explanation } = signed({}, { signatureMethod: 'PLAINTEXT' })
    expect(headers[0]?.value).toContain(`oauth_signature="${encodeURIComponent(KEY)}"`)
    expect(secrets).toEqual(
      expect.arrayContaining([auth.consumerSecret, KEY, encodeURIComponent(KEY)]),
    )
    expect(explanation).toBeUndefined()
  })

  test('without an access token there is no oauth_token, and the key ends with an ampersand', () => {
    const { headers } = signed(
      {},
      { accessToken: undefined, accessTokenSecret: undefined, signatureMethod: 'PLAINTEXT' },
    )
    expect(headers[0]?.value).not.toContain('oauth_token')
    expect(headers[0]?.value).toContain('oauth_signature="consumer%2520s%2526cret%26"')
  })

  test('only the body of a form is signed', () => {
    const form = { method: 'POST', headers: [FORM], body: bytesBody('a=1') }
    const json = { ...form, headers: [{ name: 'Content-Type', value: 'application/json' }] }
    expect(baseOf(form)).toContain('%26oauth_')
    expect(baseOf(form)).toContain('a%3D1')
    expect(baseOf(json)).not.toContain('a%3D1')
    const spelled = [
      { name: 'content-type', value: `Application/X-WWW-Form-Urlencoded; charset=utf-8` },
    ]
    expect(baseOf({ ...form, headers: spelled })).toBe(baseOf(form))
    expect(signed(json).explanation).toEqual(
      signed({ ...json, body: { kind: 'stream' } }).explanation,
    )
  })

  test("protocol parameters of the caller's query are dropped, and its header is replaced", () => {
    const { query, headers } = signed({
      query: 'a=1&oauth_nonce=forged&oauth%5Fsignature=forged',
      headers: [{ name: 'authorization', value: 'forged' }],
    })
    expect([query, headers.length, JSON.stringify(headers).includes('forged')]).toEqual([
      'a=1',
      1,
      false,
    ])
  })

  test('a port other than the default is signed', () => {
    expect(baseOf({ origin: 'https://a.example:8443' })).toContain(
      'https%3A%2F%2Fa.example%3A8443%2F',
    )
  })

  test('the key is derived once if the context caches keys, and is not part of the name', () => {
    const keys = new Map<string, Uint8Array>()
    const context: SigningContext = {
      ...signingContext,
      cachedKey: (name, derive) => {
        const key = keys.get(name) ?? derive()
        keys.set(name, key)
        return key
      },
    }
    expect(signed({}, {}, context)).toEqual(signed())
    signed({}, {}, context)
    expect(keys.size).toBe(1)
    expect([...keys.keys()].join()).not.toContain('cret')
    expect(headerValues(signed(), 'Authorization').join()).not.toContain('cret')
  })
})

describe('rejects', () => {
  test('a form that is not available, or not UTF-8', () => {
    expect(oauth1.bodyRequirement(auth, outgoing())).toBe('bytes')
    expect(oauth1.bodyRequirement({ ...auth, signatureMethod: 'PLAINTEXT' }, outgoing())).toBe(
      'nothing',
    )
    expect(() => signed({ headers: [FORM], body: { kind: 'stream' } })).toThrow(SigningError)
    expect(() => signed({ headers: [FORM], body: bytesBody(Uint8Array.of(0xff)) })).toThrow(
      'The form is not valid UTF-8.',
    )
  })

  test('a program without HMAC-SHA-1', () => {
    expect(() =>
      signed({}, { signatureMethod: 'HMAC-SHA1' }, { ...signingContext, hmacSha1: undefined }),
    ).toThrow('HMAC-SHA1 signatures are not supported on this platform. Use HMAC-SHA256.')
  })
})
