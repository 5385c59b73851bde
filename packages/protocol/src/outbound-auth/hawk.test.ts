import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { hawk, hawkText } from './hawk.ts'
import { type OutgoingRequest, SigningError } from './request.ts'

// The protocol example of the Hawk documentation.
const auth = {
  kind: 'hmac_sha256',
  scheme: 'hawk',
  clientId: 'dh37fgj492je',
  clientSecret: 'werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn',
} as const
const example = outgoing({
  origin: 'http://example.com:8000',
  path: '/resource/1',
  query: 'b=1&a=2',
})
const exampleAround = { ...signingContext, nowMs: 1_353_832_234_999, nonce: () => 'j4h3g2' }
const payload = {
  headers: [{ name: 'Content-Type', value: 'Text/Plain; charset=utf-8' }],
  body: bytesBody('Thank you for flying Hawk'),
}

const textOf = (request: Partial<OutgoingRequest>, hash: string) =>
  hawkText({ ...example, ...request }, { ...exampleAround, nonce: 'j4h3g2', hash, ext: EXT })
const macOf = (text: string) =>
  createHmac('sha256', auth.clientSecret).update(text).digest('base64')

const EXT = 'some-app-ext-data'

describe("Hawk's published values", () => {
  test('the normalized string and its MAC', () => {
    const text = textOf({}, '')
    expect(text).toBe(
      'hawk.1.header\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n8000\n\nsome-app-ext-data\n',
    )
    expect(macOf(text)).toBe('6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=')
  })

  test('the hash of a body ignores media type parameters, and the MAC covers it', () => {
    const sent = hawk.authenticate(auth, { ...example, method: 'POST', ...payload }, exampleAround)
    const hash = 'Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY='
    expect(headerValues(sent, 'Authorization')[0]).toContain(`hash="${hash}"`)
    const text = textOf({ method: 'POST' }, hash)
    expect(macOf(text)).toBe('aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=')
  })
})

describe('the scheme', () => {
  test('sends id, time, nonce and MAC', () => {
    const sent = hawk.authenticate(auth, example, exampleAround)
    const text = `hawk.1.header\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n8000\n\n\n`
    expect(sent.explanation).toEqual({ canonicalRequest: text, stringToSign: text })
    expect(sent.headers).toEqual([
      {
        name: 'Authorization',
        value: `Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", mac="${macOf(text)}"`,
      },
    ])
  })

  test.each([
    ['https://example.com', 'example.com\n443\n'],
    ['http://example.com', 'example.com\n80\n'],
    ['http://[::1]:8080', '[::1]\n8080\n'],
  ])('signs host and port of %s', (origin, lines) => {
    expect(
      hawk.authenticate(auth, outgoing({ origin }), signingContext).explanation?.stringToSign,
    ).toContain(lines)
  })

  test('rejects a body with only a digest', () => {
    expect(hawk.bodyRequirement(auth, example)).toBe('bytes')
    const body = { kind: 'digest', sha256: 'ab'.repeat(32) } as const
    expect(() => hawk.authenticate(auth, outgoing({ body }), signingContext)).toThrow(SigningError)
    expect(() =>
      hawk.authenticate(auth, outgoing({ body: { kind: 'stream' } }), signingContext),
    ).toThrow(SigningError)
  })

  test.each(['a"b', 'a\\b', 'ä', 'a\tb'])('rejects the client ID %j', (clientId) => {
    expect(() => hawk.authenticate({ ...auth, clientId }, example, signingContext)).toThrow(
      SigningError,
    )
  })
})
