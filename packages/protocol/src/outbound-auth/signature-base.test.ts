import { createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { TestContext } from 'vitest'
import { describe, expect, test } from 'vitest'
import { readVectors } from '../../../../test/support/vectors.ts'
import { type Header, SigningError } from './request.ts'
import {
  type SignatureComponent,
  type SignatureParameters,
  type SignedMessage,
  signatureBase,
} from './signature-base.ts'

type Vectors = {
  keys: { jwks: { keys: { kid: string }[] }; 'test-shared-secret': { value: string } }
  messages: Record<string, { start: string; headers: [string, string][] }>
  cases: VectorCase[]
}
type VectorCase = {
  name: string
  message: string
  alg: string
  keyid: string
  signature_base: string
  signature_input: string
  signature: string
}

const CASE_COUNT = 6

const request: SignedMessage = {
  kind: 'request',
  method: 'GET',
  origin: 'https://www.example.com:8443',
  path: '/a/b%20c',
  query: 'param=value&foo=bar&baz=bat%2Dman&tilde=~*+é',
  headers: [
    { name: 'X-Obs', value: ' one ' },
    { name: 'Cache-Control', value: 'max-age=60' },
    { name: 'cache-control', value: '\tmust-revalidate' },
    { name: 'X-Empty', value: '' },
  ],
}

const valueOf = (component: SignatureComponent, message: SignedMessage = request) => {
  const [line = ''] = signatureBase(message, [component], []).base.split('\n')
  return line
}

describe('RFC 9421, appendix B', () => {
  test('the base and Signature-Input of every case match the RFC', (ctx) => {
    const { messages, cases } = readAppendix(ctx)
    expect(cases).toHaveLength(CASE_COUNT)
    for (const each of cases) {
      const { label, components, parameters } = readInput(each.signature_input)
      const { base, input } = signatureBase(messages(each.message), components, parameters)
      expect(base).toBe(each.signature_base)
      expect(`${label}=${input}`).toBe(each.signature_input)
    }
  })

  test('B.2.5, with a shared secret, is reproduced', (ctx) => {
    const { base, keys, signature } = findCase(ctx, 'hmac-sha256')
    const key = Buffer.from(keys['test-shared-secret'].value, 'base64')
    expect(createHmac('sha256', key).update(base).digest('base64')).toBe(signature)
  })

  test('B.2.6, with Ed25519, verifies and is reproduced', (ctx) => {
    const { base, keys, signature } = findCase(ctx, 'ed25519')
    const jwk = keys.jwks.keys.find(({ kid }) => kid === 'test-key-ed25519')
    expect.assert(jwk !== undefined)
    const data = Buffer.from(base)
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    expect(verify(null, data, publicKey, Buffer.from(signature, 'base64'))).toBe(true)
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
    expect(sign(null, data, privateKey).toString('base64')).toBe(signature)
  })

  function findCase(ctx: TestContext, alg: string) {
    const { messages, cases, keys } = readAppendix(ctx)
    const found = cases.find((each) => each.alg === alg)
    expect.assert(found !== undefined)
    const { components, parameters } = readInput(found.signature_input)
    const { base } = signatureBase(messages(found.message), components, parameters)
    return { base, keys, signature: found.signature.replace(/^[^:]+:|:$/g, '') }
  }
})

describe('a component', () => {
  test.each([
    ['@method', 'GET'],
    ['@authority', 'www.example.com:8443'],
    ['@scheme', 'https'],
    ['@path', '/a/b%20c'],
    ['@query', '?param=value&foo=bar&baz=bat%2Dman&tilde=~*+é'],
    [
      '@target-uri',
      'https://www.example.com:8443/a/b%20c?param=value&foo=bar&baz=bat%2Dman&tilde=~*+é',
    ],
    ['@request-target', '/a/b%20c?param=value&foo=bar&baz=bat%2Dman&tilde=~*+é'],
    ['x-obs', 'one'],
    ['cache-control', 'max-age=60, must-revalidate'],
    ['x-empty', ''],
  ])('%s is %j', (component, value) => {
    expect(valueOf(component)).toBe(`"${component}": ${value}`)
  })

  test.each([
    ['baz', 'baz', 'bat-man'],
    ['tilde', 'tilde', '%7E*%20%C3%A9'],
  ])('query parameter %s is re-encoded', (parameter, name, value) => {
    expect(valueOf({ name: '@query-param', parameter })).toBe(
      `"@query-param";name="${name}": ${value}`,
    )
  })

  test('without a query, only @query contains a question mark', () => {
    const bare = { ...request, query: '' }
    expect(valueOf('@query', bare)).toBe('"@query": ?')
    expect(valueOf('@request-target', bare)).toBe('"@request-target": /a/b%20c')
    expect(valueOf('@target-uri', bare)).toBe('"@target-uri": https://www.example.com:8443/a/b%20c')
  })

  test.each<[string, SignatureComponent, SignedMessage]>([
    ['a header that is missing', 'x-none', request],
    ['an unknown derived component', '@status', request],
    ['the name of an inherited property', '@toString', request],
    [
      'a request component of a response',
      '@method',
      { kind: 'response', status: 200, headers: [] },
    ],
    ['a query parameter that is missing', { name: '@query-param', parameter: 'none' }, request],
    [
      'a query parameter that is repeated',
      { name: '@query-param', parameter: 'a' },
      { ...request, query: 'a=1&%61=2' },
    ],
  ])('is rejected: %s', (_, component, message) => {
    expect(() => signatureBase(message, [component], [])).toThrow(SigningError)
  })
})

describe('a parameter', () => {
  test('with text is quoted, with escaped quotes and backslashes', () => {
    const { input } = signatureBase(request, [], [['keyid', 'a "b" \\c']])
    expect(input).toBe('();keyid="a \\"b\\" \\\\c"')
  })

  test.each([
    ['text beyond ASCII', 'schlüssel'],
    ['a line break', 'a\nb'],
    ['a fraction', 1.5],
  ])('is rejected: %s', (_, value) => {
    expect(() => signatureBase(request, [], [['keyid', value]])).toThrow(SigningError)
  })
})

function readAppendix(ctx: TestContext) {
  const file = ['rfc9421', 'rfc9421-appendix-b.json']
  const { keys, messages, cases } = readVectors<Vectors>(ctx, ...file)
  return { keys, cases, messages: (name: string) => readMessage(messages[name]) }
}

function readMessage(message: Vectors['messages'][string] | undefined): SignedMessage {
  expect.assert(message !== undefined)
  const headers: Header[] = message.headers.map(([name, value]) => ({ name, value }))
  const [first = '', second = ''] = message.start.split(' ')
  if (first.startsWith('HTTP/')) return { kind: 'response', status: Number(second), headers }
  const [path = '', query = ''] = second.split('?')
  return { kind: 'request', method: first, origin: 'https://example.com', path, query, headers }
}

/** Parses the structured fields that the appendix uses. */
function readInput(text: string) {
  const [, label, list = '', rest = ''] = /^([^=]+)=\(([^)]*)\)(.*)$/.exec(text) ?? []
  const components = list.split(' ').flatMap((item): SignatureComponent[] => {
    const [, name, parameter] = /^"([^"]+)"(?:;name="([^"]+)")?$/.exec(item) ?? []
    if (name === undefined) return []
    return [parameter === undefined ? name : { name: '@query-param', parameter }]
  })
  const parameters: SignatureParameters = [...rest.matchAll(/;([^=]+)=(?:"([^"]*)"|(\d+))/g)].map(
    ([, name = '', string, number]) => [name, string ?? Number(number)],
  )
  return { label, components, parameters }
}
