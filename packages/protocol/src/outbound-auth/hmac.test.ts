import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { HMAC_SCHEMES, type HmacAuth, type HmacScheme } from '../auth-types.ts'
import { authenticateRequest, bodyRequirement } from './authenticate-request.ts'
import type { HmacRecipe } from './hmac-recipe.ts'
import { SigningError } from './request.ts'

const CLIENT_ID = 'client-1'
/** Valid for every scheme, because it is base64. */
const SECRET = 'c2VjcmV0LWtleS1vZi1zb21lLWxlbmd0aA=='
const KEY = Buffer.from(SECRET, 'base64')

const SIGN_ANYTHING: HmacRecipe = {
  parts: [{ part: 'method' }, { part: 'path' }],
  separator: '\n',
  headers: [{ name: 'X-Signature', value: '{signature}' }],
}

const authOf = (scheme: HmacScheme): HmacAuth => ({
  kind: 'hmac_sha256',
  clientId: CLIENT_ID,
  clientSecret: SECRET,
  scheme,
  ...(scheme === 'custom' ? { recipe: SIGN_ANYTHING } : {}),
})

const body = '{"amount":"5 €"}'
const post = outgoing({
  method: 'POST',
  path: '/v1/orders%20a',
  query: 'b=2&a=1',
  headers: [{ name: 'Content-Type', value: 'application/json' }],
  body: bytesBody(body),
})
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text)

describe('simple', () => {
  test('signs timestamp, method, path, query and body', () => {
    const sent = authenticateRequest(authOf('simple'), post, signingContext)
    const text = `1700000000.POST./v1/orders%20a?b=2&a=1.${body}`
    expect(sent.explanation?.stringToSign).toBe(text)
    expect(sent.headers.slice(1)).toEqual([
      { name: 'X-Client-Id', value: CLIENT_ID },
      { name: 'X-Timestamp', value: '1700000000' },
      { name: 'X-Signature', value: hmac(SECRET, text).digest('hex') },
    ])
  })

  test('keeps the separators without query and body', () => {
    const sent = authenticateRequest(authOf('simple'), outgoing(), signingContext)
    expect(sent.explanation?.stringToSign).toBe('1700000000.GET./things.')
  })
})

describe('azure', () => {
  test.each([
    ['a body', post, 'POST\n/v1/orders%20a?b=2&a=1', body],
    ['no body', outgoing({ query: 'fields=*' }), 'GET\n/things?fields=*', ''],
    ['no query', outgoing(), 'GET\n/things', ''],
  ])('signs method, target, date, host and digest of %s', (_, request, head, payload) => {
    const date = 'Tue, 14 Nov 2023 22:13:20 GMT'
    const digest = createHash('sha256').update(payload).digest('base64')
    const signature = hmac(KEY, `${head}\n${date};api.example.com;${digest}`).digest('base64')
    expect(authenticateRequest(authOf('azure'), request, signingContext).headers.slice(-3)).toEqual(
      [
        { name: 'x-ms-date', value: date },
        { name: 'x-ms-content-sha256', value: digest },
        {
          name: 'Authorization',
          value: `HMAC-SHA256 Credential=${CLIENT_ID}&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
        },
      ],
    )
  })

  test('signs a non-default port', () => {
    const sent = authenticateRequest(
      authOf('azure'),
      outgoing({ origin: 'https://a.example:8443' }),
      signingContext,
    )
    expect(sent.explanation?.stringToSign).toContain(';a.example:8443;')
  })
})

describe('stripe', () => {
  test('signs timestamp and body, with the secret in UTF-8', () => {
    const sent = authenticateRequest(authOf('stripe'), post, signingContext)
    const signature = hmac(SECRET, `1700000000.${body}`).digest('hex')
    expect(sent.headers.slice(1)).toEqual([
      { name: 'X-Client-Id', value: CLIENT_ID },
      { name: 'Stripe-Signature', value: `t=1700000000,v1=${signature}` },
    ])
  })
})

describe('shopify', () => {
  test('signs only the body', () => {
    const sent = authenticateRequest(authOf('shopify'), post, signingContext)
    expect(sent.headers.slice(1)).toEqual([
      { name: 'X-Client-Id', value: CLIENT_ID },
      { name: 'X-Shopify-Hmac-Sha256', value: hmac(SECRET, body).digest('base64') },
    ])
  })

  test('signs binary bodies, and explains only their length', () => {
    const bytes = Uint8Array.of(0, 255, 254, 10, 13)
    const request = outgoing({ method: 'PUT', body: bytesBody(bytes) })
    const sent = authenticateRequest(authOf('shopify'), request, signingContext)
    const mac = createHmac('sha256', SECRET).update(bytes).digest('base64')
    expect(headerValues(sent, 'X-Shopify-Hmac-Sha256')).toEqual([mac])
    expect(sent.explanation?.stringToSign).toBe('<5 bytes>')
  })
})

describe('every scheme', () => {
  test.each(HMAC_SCHEMES)(
    '%s has an explanation, and its sent request does not contain the secret',
    (scheme) => {
      const sent = authenticateRequest(authOf(scheme), post, signingContext)
      expect(sent.explanation?.stringToSign).toBeTruthy()
      expect(sent.secrets).toEqual([SECRET])
      expect(JSON.stringify({ ...sent, secrets: [] })).not.toContain(SECRET)
    },
  )

  test.each(HMAC_SCHEMES)('%s sends the client ID once', (scheme) => {
    const { headers } = authenticateRequest(authOf(scheme), post, signingContext)
    const places = headers.filter(({ value }) => value.includes(CLIENT_ID))
    expect(places).toHaveLength(scheme === 'custom' ? 0 : 1)
  })

  test.each(HMAC_SCHEMES)(
    '%s signs equal requests equally, and different requests differently',
    (scheme) => {
      const once = authenticateRequest(authOf(scheme), post, signingContext)
      expect(authenticateRequest(authOf(scheme), post, signingContext)).toEqual(once)
      const other = { ...post, path: '/v1/other', body: bytesBody('other') }
      expect(authenticateRequest(authOf(scheme), other, signingContext).headers).not.toEqual(
        once.headers,
      )
    },
  )

  test.each([
    ['rfc9421', 'digest'],
    ['simple', 'bytes'],
    ['acquia', 'digest'],
    ['azure', 'digest'],
    ['hawk', 'bytes'],
    ['stripe', 'bytes'],
    ['shopify', 'bytes'],
    ['custom', 'nothing'],
  ] as const)('%s requires %s of the body, and is rejected with less', (scheme, need) => {
    expect(bodyRequirement(authOf(scheme), post)).toBe(need)
    const digest = { ...post, body: { kind: 'digest', sha256: 'ab'.repeat(32) } } as const
    const stream = { ...post, body: { kind: 'stream' } } as const
    if (need === 'bytes')
      expect(() => authenticateRequest(authOf(scheme), digest, signingContext)).toThrow(
        SigningError,
      )
    else expect(authenticateRequest(authOf(scheme), digest, signingContext).headers).not.toEqual([])
    if (need === 'nothing')
      expect(authenticateRequest(authOf(scheme), stream, signingContext).headers).not.toEqual([])
    else
      expect(() => authenticateRequest(authOf(scheme), stream, signingContext)).toThrow(
        SigningError,
      )
  })

  test.each(['acquia', 'azure'] as const)('%s rejects a secret that is not base64', (scheme) => {
    const auth = { ...authOf(scheme), clientSecret: 'not base64!' }
    expect(() => authenticateRequest(auth, post, signingContext)).toThrow(SigningError)
    expect(() => authenticateRequest(auth, post, signingContext)).not.toThrow('not base64!')
  })

  test.each(HMAC_SCHEMES)('%s signs with the same key with and without a key cache', (scheme) => {
    const kept = new Map<string, Uint8Array>()
    const cachedKey = (name: string, derive: () => Uint8Array) => {
      const key = kept.get(name) ?? derive()
      kept.set(name, key)
      return key
    }
    const [one, other] = [SECRET, SECRET.slice(4)].map((clientSecret) => {
      const auth = { ...authOf(scheme), clientSecret }
      const expected = authenticateRequest(auth, post, signingContext)
      expect(authenticateRequest(auth, post, { ...signingContext, cachedKey })).toEqual(expected)
      expect(authenticateRequest(auth, post, { ...signingContext, cachedKey })).toEqual(expected)
      return expected
    })
    expect(one?.headers).not.toEqual(other?.headers)
    expect(kept.size).toBe(2)
    for (const name of kept.keys()) expect(name).not.toContain(SECRET.slice(4))
  })

  test('custom without a recipe is rejected', () => {
    const auth: HmacAuth = { ...authOf('simple'), scheme: 'custom' }
    expect(() => bodyRequirement(auth, post)).toThrow(SigningError)
    expect(() => authenticateRequest(auth, post, signingContext)).toThrow(SigningError)
  })
})
