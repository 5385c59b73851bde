import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { httpSignatureHmac } from './http-signature-hmac.ts'
import { type OutgoingRequest, SigningError } from './request.ts'

const auth = {
  kind: 'hmac_sha256',
  scheme: 'rfc9421',
  clientId: 'client-1',
  clientSecret: 'Sup3r sécret',
} as const

const signed = (request: Partial<OutgoingRequest>, clientId: string = auth.clientId) =>
  httpSignatureHmac.authenticate({ ...auth, clientId }, outgoing(request), signingContext)

const digest = (text: string) => createHash('sha256').update(text).digest('base64')

describe('does', () => {
  test('without a body, the signature covers method, authority, path and query', () => {
    const { explanation, headers, path, query } = signed({ query: 'b=2&a=%7e' })
    const input =
      '("@method" "@authority" "@path" "@query");created=1700000000;keyid="client-1";alg="hmac-sha256"'
    const base = [
      '"@method": GET',
      '"@authority": api.example.com',
      '"@path": /things',
      '"@query": ?b=2&a=%7e',
      `"@signature-params": ${input}`,
    ].join('\n')
    const signature = createHmac('sha256', 'Sup3r sécret').update(base).digest('base64')
    expect({ explanation, headers, path, query }).toEqual({
      path: '/things',
      query: 'b=2&a=%7e',
      explanation: { canonicalRequest: base, stringToSign: base },
      headers: [
        { name: 'Signature-Input', value: `sig=${input}` },
        { name: 'Signature', value: `sig=:${signature}:` },
      ],
    })
  })

  test('with a body, the digest is sent and signed, from bytes or from a digest', () => {
    const sha256 = createHash('sha256').update('{"a":1}').digest('hex')
    const byBytes = signed({ method: 'POST', body: bytesBody('{"a":1}') })
    const byDigest = signed({ method: 'POST', body: { kind: 'digest', sha256 } })
    expect(byDigest).toEqual(byBytes)
    const value = `sha-256=:${digest('{"a":1}')}:`
    expect(headerValues(byBytes, 'Content-Digest')).toEqual([value])
    expect(byBytes.explanation?.stringToSign).toContain(`"content-digest": ${value}\n`)
    expect(headerValues(byBytes, 'Signature-Input')[0]).toContain('"@query" "content-digest")')
  })

  test('an empty body counts as no body', () => {
    const sha256 = createHash('sha256').digest('hex')
    const none = signed({ method: 'POST' })
    expect(signed({ method: 'POST', body: bytesBody('') })).toEqual(none)
    expect(signed({ method: 'POST', body: { kind: 'digest', sha256 } })).toEqual(none)
    expect(headerValues(none, 'Content-Digest')).toEqual([])
  })

  test("a digest of the caller's own is neither sent nor signed", () => {
    const headers = [{ name: 'content_digest', value: 'sha-256=:AAAA:' }]
    const sent = signed({ method: 'PUT', headers, body: bytesBody('x') })
    expect(sent.headers.map(({ value }) => value)).not.toContain('sha-256=:AAAA:')
    expect(sent.explanation?.stringToSign).not.toContain('AAAA')
  })

  test('every covered byte changes the signature', () => {
    const variants: Partial<OutgoingRequest>[] = [
      {},
      { method: 'HEAD' },
      { origin: 'https://api.example.com:8443' },
      { path: '/thingz' },
      { query: 'a' },
      { body: bytesBody('a') },
      { body: bytesBody('b') },
    ]
    const signatures = variants.map((each) => headerValues(signed(each), 'Signature')[0])
    expect(new Set(signatures).size).toBe(variants.length)
  })

  test('the signed request does not contain the client secret', () => {
    const sent = signed({ body: bytesBody('x') })
    expect(sent.secrets).toEqual([auth.clientSecret])
    expect(JSON.stringify({ ...sent, secrets: [] })).not.toContain('Sup3r')
  })
})

describe('rejects', () => {
  test('a streamed body', () => {
    expect(httpSignatureHmac.bodyRequirement(auth, outgoing())).toBe('digest')
    expect(() => signed({ body: { kind: 'stream' } })).toThrow(SigningError)
  })

  test('a malformed digest', () => {
    expect(() => signed({ body: { kind: 'digest', sha256: 'ab' } })).toThrow(SigningError)
  })

  test('a client ID that is not valid in a structured field', () => {
    expect(() => signed({}, 'schlüssel')).toThrow(SigningError)
  })
})
