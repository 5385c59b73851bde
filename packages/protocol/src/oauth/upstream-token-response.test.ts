import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseLoginResponse,
  parseTokenResponse,
  type UpstreamTokenResult,
} from './upstream-token-response.ts'

const token = (more: Partial<Extract<UpstreamTokenResult, { kind: 'token' }>> = {}) => ({
  kind: 'token',
  token: 't0ken',
  refreshToken: undefined,
  expiresInSeconds: undefined,
  ...more,
})
const failed = (fault: string) => ({ kind: 'failed', fault })
const rejected = (code: string) => ({ kind: 'rejected', code })

describe('a token is parsed', () => {
  test.each<[string, string, ReturnType<typeof token>]>([
    [
      'in the form of the RFC',
      '{"access_token":"t0ken","token_type":"Bearer","expires_in":3600,"refresh_token":"r","scope":"a"}',
      token({ refreshToken: 'r', expiresInSeconds: 3600 }),
    ],
    ['without a lifetime', '{"access_token":"t0ken","token_type":"bearer"}', token()],
    ['without a type', '{"access_token":"t0ken"}', token()],
    ['of Slack', '{"ok":true,"access_token":"t0ken","token_type":"bot"}', token()],
    ['with a lifetime as text', '{"access_token":"t0ken","expires_in":"60"}', lives(60)],
    ['with a fractional lifetime', '{"access_token":"t0ken","expires_in":59.9}', lives(59)],
    ['with a lifetime of zero', '{"access_token":"t0ken","expires_in":0}', token()],
    ['with a negative lifetime', '{"access_token":"t0ken","expires_in":-1}', token()],
    ['with an invalid lifetime', '{"access_token":"t0ken","expires_in":"soon"}', token()],
    ['with a lifetime of null', '{"access_token":"t0ken","expires_in":null}', token()],
    [
      'with a lifetime beyond ten years',
      '{"access_token":"t0ken","expires_in":1e300}',
      lives(10 * 366 * 86_400),
    ],
    ['with a refresh token of null', '{"access_token":"t0ken","refresh_token":null}', token()],
    ['with an empty refresh token', '{"access_token":"t0ken","refresh_token":""}', token()],
    [
      'next to numbers that are too large',
      '{"id":12345678901234567890,"access_token":"t0ken"}',
      token(),
    ],
    ['after a byte order mark', '\uFEFF{"access_token":"t0ken"}', token()],
    ['next to an empty error', '{"access_token":"t0ken","error":"","error2":1}', token()],
  ])('%s', (_, body, expected) => {
    expect(read(200, body)).toEqual(expected)
    expect(read(201, body)).toEqual(expected)
  })
})

describe('no token is parsed', () => {
  test.each([
    [
      'of type mac',
      200,
      '{"access_token":"t","token_type":"mac"}',
      rejected('unsupported_token_type'),
    ],
    [
      'of type DPoP',
      200,
      '{"access_token":"t","token_type":"DPoP"}',
      rejected('unsupported_token_type'),
    ],
    [
      'with a type that is not text',
      200,
      '{"access_token":"t","token_type":7}',
      rejected('unsupported_token_type'),
    ],
    [
      'from an error with status 200',
      200,
      '{"error":"invalid_grant","access_token":"t"}',
      rejected('invalid_grant'),
    ],
    ['from an error of GitHub', 200, '{"error":"bad_refresh_token"}', rejected('other')],
    ['from an error of Slack', 200, '{"ok":false,"access_token":"t"}', rejected('other')],
    [
      'from an error that is an object',
      200,
      '{"error":{"code":7},"access_token":"t"}',
      rejected('other'),
    ],
    ['from HTML', 200, '<!doctype html><title>Sign in</title>', failed('not_json')],
    ['from an empty body', 200, '', failed('not_json')],
    ['from an array', 200, '[{"access_token":"t"}]', failed('no_token')],
    ['from a text', 200, '"t"', failed('no_token')],
    ['from null', 200, 'null', failed('no_token')],
    ['from a truncated object', 200, '{"access_token":"t"', failed('not_json')],
    ['that is missing', 200, '{"token_type":"bearer"}', failed('no_token')],
    ['that is empty', 200, '{"access_token":""}', failed('no_token')],
    ['that is a number', 200, '{"access_token":7}', failed('no_token')],
    ['that would break a header', 200, '{"access_token":"a\\r\\nX: y"}', failed('no_token')],
    ['with a space in it', 200, '{"access_token":"a b"}', failed('no_token')],
    ['beyond ASCII', 200, '{"access_token":"ä"}', failed('no_token')],
    [
      'that is an inherited property',
      200,
      '{"__proto__":{"access_token":"t"}}',
      failed('no_token'),
    ],
    ['of 20 kB', 200, `{"access_token":"${'t'.repeat(20_000)}"}`, failed('no_token')],
    ['from a redirect', 302, '{"access_token":"t"}', failed('redirect')],
    ['from a redirect that keeps the method', 307, '', failed('redirect')],
    ['from status 404', 404, '{"error":"invalid_grant"}', failed('not_a_token_endpoint')],
    ['from status 405', 405, '', failed('not_a_token_endpoint')],
    ['from a busy server', 429, '{"error":"invalid_grant"}', failed('unavailable')],
    ['from an unavailable server', 503, '{"error":"invalid_client"}', failed('unavailable')],
    ['from a temporary error', 400, '{"error":"temporarily_unavailable"}', failed('unavailable')],
    ['from an interim status', 103, '{"access_token":"t"}', failed('not_a_token_endpoint')],
  ])('%s', (_, status, body, expected) => {
    expect(read(status, body)).toEqual(expected)
  })

  test('from invalid UTF-8', () => {
    expect(parseTokenResponse({ status: 200, body: Uint8Array.of(0xff, 0xfe) })).toEqual(
      failed('not_json'),
    )
  })
})

describe('a rejection', () => {
  test.each([
    [400, '{"error":"invalid_grant","error_description":"x"}', 'invalid_grant'],
    [401, '{"error":"invalid_client"}', 'invalid_client'],
    [403, '{"error":"access_denied"}', 'access_denied'],
    [400, '{"error":"invalid_scope"}', 'invalid_scope'],
    [400, '{"error":"their_very_own"}', 'other'],
    [400, '{"error":{"message":"No"}}', 'other'],
    [400, '{"access_token":"t"}', 'other'],
    [401, '<html>', 'other'],
    [422, '', 'other'],
  ])('of status %i with %s is %s', (status, body, code) => {
    expect(read(status, body)).toEqual(rejected(code))
  })

  test('repeats nothing of the response', () => {
    const errors = fc.oneof(fc.string({ minLength: 12 }), fc.constant('SECRET-in-an-error'))
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), errors, (status, text) => {
        const body = JSON.stringify({ error: text, error_description: text })
        const { kind, ...rest } = read(status, body)
        expect(kind).not.toBe('token')
        expect(JSON.stringify(rest)).not.toContain(JSON.stringify(text).slice(1, -1))
      }),
    )
  })
})

describe('a login', () => {
  const login = (status: number, body: string, pointer: string) =>
    parseLoginResponse({ status, body: new TextEncoder().encode(body) }, pointer)

  test.each([
    ['{"token":"t0ken"}', '/token'],
    ['{"data":[{"a/b":{"~":"t0ken"}}]}', '/data/0/a~1b/~0'],
    ['"t0ken"', ''],
    ['{"":"t0ken"}', '/'],
    ['{"error":"none","token":"t0ken"}', '/token'],
  ])('returns the token of %s at %j', (body, pointer) => {
    expect(login(200, body, pointer)).toEqual(token())
  })

  test.each([
    [200, '{"token":{"value":"t"}}', '/token', failed('no_token')],
    [200, '{"token":7}', '/token', failed('no_token')],
    [200, '{"a":1}', '/constructor/name', failed('no_token')],
    [200, '["t"]', '/length', failed('no_token')],
    [200, '<html>', '/token', failed('not_json')],
    [302, '{"token":"t"}', '/token', failed('redirect')],
    [401, '{"token":"t"}', '/token', rejected('other')],
    [400, '{"error":"invalid_grant"}', '/token', rejected('other')],
    [500, '', '/token', failed('unavailable')],
    [404, '', '/token', failed('not_a_token_endpoint')],
  ])('with status %i and %s returns no token at %j', (status, body, pointer, expected) => {
    expect(login(status, body, pointer)).toEqual(expected)
  })
})

function read(status: number, body: string): UpstreamTokenResult {
  return parseTokenResponse({ status, body: new TextEncoder().encode(body) })
}

function lives(expiresInSeconds: number) {
  return token({ expiresInSeconds })
}
