import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import type { Auth } from '../auth-types.ts'
import { authenticateRequest } from './authenticate-request.ts'
import { SigningError } from './request.ts'

const SECRET = 'Sup3r-s3cret'

/** Every authentication type that puts a text of the connection into a header, with that text. */
const placements: Record<string, (text: string) => Auth> = {
  'an API key in a header': (value) => ({
    kind: 'api_key',
    name: 'X-Api-Key',
    value,
    in: 'header',
  }),
  'an API key in a cookie': (value) => ({ kind: 'api_key', name: 'key', value, in: 'cookie' }),
  'the name of an API key': (name) => ({ kind: 'api_key', name, value: SECRET, in: 'header' }),
  'a secret header': (value) => ({ kind: 'headers', entries: [{ name: 'X-Secret', value }] }),
  'the name of a secret header': (name) => ({
    kind: 'headers',
    entries: [{ name, value: SECRET }],
  }),
  'a bearer token': (token) => bearer({ token }),
  'the prefix of a token': (prefix) => bearer({ prefix }),
  'the header of a token': (header) => bearer({ header }),
  'a password': (password) => ({ kind: 'basic', username: 'u', password }),
  'a user name': (username) => ({ kind: 'basic', username, password: 'p' }),
  'the client id of rfc9421': (clientId) => hmac({ clientId }),
  'the client id of simple': (clientId) => hmac({ scheme: 'simple', clientId }),
  'the client id of azure': (clientId) => hmac({ scheme: 'azure', clientId }),
  'the client id of hawk': (clientId) => hmac({ scheme: 'hawk', clientId }),
  'the name of a recipe header': (name) => custom({ name, value: '{signature}' }),
  'the text of a recipe header': (text) => custom({ name: 'X-S', value: `${text}{signature}` }),
}

function bearer(parts: { token?: string; prefix?: string; header?: string }): Auth {
  return { kind: 'bearer', token: SECRET, prefix: 'Bearer', header: 'Authorization', ...parts }
}

function hmac(parts: { scheme?: 'simple' | 'azure' | 'hawk'; clientId: string }): Auth {
  return { kind: 'hmac_sha256', scheme: 'rfc9421', clientSecret: 'c2VjcmV0', ...parts }
}

function custom(header: { name: string; value: string }): Auth {
  const recipe = { parts: [{ part: 'timestamp' }], separator: '', headers: [header] } as const
  return { kind: 'hmac_sha256', scheme: 'custom', clientId: 'c', clientSecret: 's', recipe }
}

describe('rejects', () => {
  // U+010D and U+010A become CR and LF if the text is truncated to Latin-1.
  const hostile = ['\r', '\n', '\r\n', '\0', '\u010d\u010a', '\x7f', '\u0130', '\u2028']

  test.each(Object.keys(placements))(
    '%s with a line break, NUL or what could become one',
    (name) => {
      for (const bad of hostile) {
        for (const text of [`ab${bad}Evil: 1`, `${bad}a`, `a${bad}`]) {
          const auth = placements[name]?.(text)
          expect.assert(auth !== undefined)
          const isPercentEncoded = name === 'a password' || name === 'a user name'
          // In Basic, text without control characters is UTF-8 in base64.
          if (isPercentEncoded && !/\p{Cc}/u.test(text)) continue
          expect(() => authenticateRequest(auth, outgoing(), signingContext)).toThrow(SigningError)
        }
      }
    },
  )

  test('sent headers never contain line breaks or characters outside Latin-1', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab:; \t\r\n\0\u010aé"\\') })
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(placements)), texts, (place, text) => {
        const headers = attempt(
          () => authenticateRequest(place(text), outgoing(), signingContext).headers,
        )
        for (const { name, value } of headers ?? []) {
          expect(name).toMatch(/^[\w-]+$/)
          expect(value).not.toMatch(/[^\t\x20-\x7e\x80-\xff]|^\s|\s$/)
        }
      }),
    )
  })

  test('a request header with a line break, for every authentication type', () => {
    for (const auth of [
      { kind: 'none' } as const,
      ...Object.values(placements).map((f) => f('x')),
    ]) {
      for (const header of [
        { name: 'X-A', value: 'a\r\nEvil: 1' },
        { name: 'X-A\n', value: 'a' },
      ]) {
        expect(() =>
          authenticateRequest(auth, outgoing({ headers: [header] }), signingContext),
        ).toThrow(SigningError)
      }
    }
  })

  test.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Transfer_Encoding',
    'Connection',
    'TE',
    'Upgrade',
    'Proxy_Authorization',
    'Expect',
  ])('a credential in the reserved header %s', (name) => {
    const auth = { kind: 'api_key', name, value: SECRET, in: 'header' } as const
    expect(() => authenticateRequest(auth, outgoing(), signingContext)).toThrow(SigningError)
  })

  test('without the value in the message', () => {
    for (const place of Object.values(placements)) {
      const message = attempt(
        () => authenticateRequest(place(`${SECRET}\r\n`), outgoing(), signingContext).query,
      )
      expect(message).toBeUndefined()
      expect(() =>
        authenticateRequest(place(`${SECRET}\r\n`), outgoing(), signingContext),
      ).not.toThrow(SECRET)
    }
  })
})

describe('does', () => {
  test.each(['x-api-key', 'X_API_KEY', 'X-Api_Key'])(
    'the credential replaces the header %s of the caller',
    (name) => {
      const request = outgoing({
        headers: [
          { name, value: 'mine' },
          { name: 'Accept', value: 'a/b' },
          { name, value: 'again' },
        ],
      })
      const auth = { kind: 'api_key', name: 'X-Api-Key', value: SECRET, in: 'header' } as const
      expect(authenticateRequest(auth, request, signingContext).headers).toEqual([
        { name: 'Accept', value: 'a/b' },
        { name: 'X-Api-Key', value: SECRET },
      ])
    },
  )

  test('signature headers replace existing ones', () => {
    const names = ['signature', 'SIGNATURE-INPUT', 'Content_Digest', 'authorization']
    const headers = names.map((name) => ({ name, value: 'forged' }))
    const body = { kind: 'bytes', bytes: Uint8Array.of(1) } as const
    const request = outgoing({ method: 'POST', headers, body })
    const sent = authenticateRequest(hmac({ clientId: 'c' }), request, signingContext)
    expect(sent.headers.map(({ name }) => name)).toEqual([
      'authorization',
      'Content-Digest',
      'Signature-Input',
      'Signature',
    ])
    expect(headerValues(sent, 'Signature')).not.toContain('forged')
  })

  test('other headers are sent unchanged, including repeated and empty ones', () => {
    const headers = [
      { name: 'X-B', value: '2' },
      { name: 'x-a', value: '' },
      { name: 'X-B', value: 'caf\xe9' },
    ]
    expect(
      authenticateRequest(
        { kind: 'none' },
        outgoing({ headers, query: 'b=1&a=%7e&b' }),
        signingContext,
      ),
    ).toEqual({
      path: '/things',
      query: 'b=1&a=%7e&b',
      headers,
      secrets: [],
      explanation: undefined,
    })
  })
})

/** Returns the result, or undefined after a SigningError. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    expect(error).toBeInstanceOf(SigningError)
    return undefined
  }
}
