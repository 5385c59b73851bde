import { describe, expect, test } from 'vitest'
import { authSettings, authValues } from './upstream-auth.ts'

const recipe = {
  parts: [{ part: 'timestamp' }, { part: 'body' }],
  separator: '.',
  headers: [{ name: 'X-Signature', value: 't={timestamp},v1={signature}' }],
}
const withRecipe = (changes: object) =>
  authSettings.safeParse({
    kind: 'hmac_sha256',
    scheme: 'custom',
    recipe: { ...recipe, ...changes },
  }).success

describe('an HMAC recipe', () => {
  test('is accepted with the signature in a header or in the query', () => {
    expect(withRecipe({})).toBe(true)
    expect(withRecipe({ headers: [], queryParameter: 'sig' })).toBe(true)
  })

  test('is rejected without a place for the signature', () => {
    expect(withRecipe({ headers: [] })).toBe(false)
    expect(withRecipe({ headers: [{ name: 'X-Time', value: '{timestamp}' }] })).toBe(false)
  })
})

describe('an Ed25519 private key', () => {
  const accepts = (privateKey: string) =>
    authValues.safeParse({ kind: 'http_signature_ed25519', keyId: 'k', privateKey }).success

  test('must be PKCS #8 in PEM or a private JWK', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU' }
    expect(accepts(JSON.stringify(jwk))).toBe(true)
    expect(accepts(jwk.d)).toBe(false)
    expect(accepts(JSON.stringify({ ...jwk, d: undefined }))).toBe(false)
  })

  test('belongs to a connection, and a signature agent must be an https URL', () => {
    const kind = 'http_signature_ed25519'
    const settings = (fields: object) => authSettings.safeParse({ kind, ...fields }).success
    expect(settings({ privateKey: 'x' })).toBe(false)
    expect(settings({ signatureAgent: 'https://bot.example.com' })).toBe(true)
    expect(settings({ signatureAgent: 'http://bot.example.com' })).toBe(false)
    expect(settings({ signatureAgent: 'https://bötchen.example' })).toBe(false)
  })
})

describe('a header that the HTTP client sets', () => {
  const names = [
    'Host',
    'content-length',
    'Transfer_Encoding',
    'Connection',
    'Proxy-Authorization',
    'Expect',
  ]

  test.each(names)('%s is rejected as a header for a credential', (name) => {
    expect(withRecipe({ headers: [{ name, value: '{signature}' }] })).toBe(false)
    const rest = [
      { kind: 'headers', entries: [{ name, value: 'x' }] },
      { kind: 'bearer', header: name, token: 'x' },
      { kind: 'login_call', header: name },
    ]
    expect(rest.map((auth) => authValues.safeParse(auth).success)).toEqual([false, false, false])
  })

  test('is accepted as the name of a query parameter', () => {
    const auth = { kind: 'api_key', in: 'query', name: 'host', value: 'x' }
    expect(authValues.safeParse(auth).success).toBe(true)
  })
})
