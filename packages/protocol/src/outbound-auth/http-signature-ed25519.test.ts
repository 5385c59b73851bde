import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesBody, outgoing, signingContext } from '../../../../test/support/outgoing-request.ts'
import { readVectors, requireVectors } from '../../../../test/support/vectors.ts'
import { encodeBase64 } from '../bytes.ts'
import { parseEd25519PrivateKey } from './ed25519-key.ts'
import { httpSignatureEd25519 } from './http-signature-ed25519.ts'
import { type OutgoingRequest, type SigningContext, SigningError } from './request.ts'
import { formatString, signatureBase } from './signature-base.ts'

/** The key `test-key-ed25519` of RFC 9421 appendix B.1.4. */
const D = 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU'
const JWK = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', d: D })

const auth = { kind: 'http_signature_ed25519', keyId: 'key-1', privateKey: JWK } as const
const AGENT = 'https://signature-agent.test'

const signed = (
  request: Partial<OutgoingRequest> = {},
  settings: { signatureAgent?: string; keyId?: string; privateKey?: string } = {},
  context: SigningContext = signingContext,
) => httpSignatureEd25519.authenticate({ ...auth, ...settings }, outgoing(request), context)

const sign = (base: string) => {
  const key = parseEd25519PrivateKey(JWK)
  expect.assert(key !== undefined && signingContext.signEd25519 !== undefined)
  return encodeBase64(signingContext.signEd25519(key, base))
}

describe('published vectors', () => {
  test('RFC 9421 appendix B.2.6: the signature of the base is that of the RFC, with the key of the RFC', (ctx) => {
    type Case = { alg: string; signature_base: string; signature: string }
    const { cases } = readVectors<{ cases: Case[] }>(ctx, 'rfc9421', 'rfc9421-appendix-b.json')
    const own = cases.filter(({ alg }) => alg === 'ed25519')
    expect(own).not.toHaveLength(0)
    for (const each of own) expect(each.signature).toContain(`:${sign(each.signature_base)}:`)
    const path = requireVectors(ctx, 'rfc9421', 'keys', 'test-key-ed25519.pem')
    const [pem] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(
      readFileSync(path, 'utf8'),
    ) ?? ['']
    expect(parseEd25519PrivateKey(pem)).toEqual(parseEd25519PrivateKey(JWK))
  })

  test('draft-meunier-webbotauth-httpsig-protocol-02, EdDSA with Signature-Agent', () => {
    const { base } = signatureBase(
      { kind: 'request', ...outgoing({ origin: 'https://example.com' }) },
      ['@authority', { name: 'signature-agent', key: 'agent2', member: formatString(AGENT) }],
      [
        ['created', 1_735_689_600],
        ['keyid', 'poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U'],
        ['alg', 'ed25519'],
        ['expires', 4_889_289_600],
        [
          'nonce',
          'n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==',
        ],
        ['tag', 'web-bot-auth'],
      ],
    )
    expect(base).toContain('"signature-agent";key="agent2": "https://signature-agent.test"\n')
    expect(sign(base)).toBe(
      'RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==',
    )
  })
})

describe('does', () => {
  test('the signature covers method, authority, path, query and the digest of a body, for five minutes', () => {
    const { headers, explanation } = signed({ method: 'POST', body: bytesBody('x') })
    const input =
      '("@method" "@authority" "@path" "@query" "content-digest");created=1700000000;keyid="key-1";' +
      'alg="ed25519";expires=1700000300;nonce="nonce-of-22-characters_"'
    expect(headers.map(({ name }) => name)).toEqual([
      'Content-Digest',
      'Signature-Input',
      'Signature',
    ])
    expect(headers[1]?.value).toBe(`sig=${input}`)
    expect(headers[2]?.value).toBe(`sig=:${sign(explanation?.stringToSign ?? '')}:`)
    expect(explanation?.stringToSign).toContain(`"@signature-params": ${input}`)
  })

  test('a signature agent is sent as a dictionary, covered, and tagged as Web Bot Auth', () => {
    const { headers, explanation } = signed({}, { signatureAgent: AGENT })
    expect(headers[0]).toEqual({ name: 'Signature-Agent', value: `sig="${AGENT}"` })
    expect(headers[1]?.value).toMatch(
      /"@query" "signature-agent";key="sig"\).*;tag="web-bot-auth"$/,
    )
    expect(explanation?.stringToSign).toContain(`"signature-agent";key="sig": "${AGENT}"\n`)
  })

  test("a caller's own signature headers are replaced", () => {
    const names = ['signature', 'Signature_Input', 'SIGNATURE-AGENT']
    const headers = names.map((name) => ({ name, value: 'forged' }))
    const sent = signed({ headers }, { signatureAgent: AGENT })
    expect(JSON.stringify(sent.headers)).not.toContain('forged')
    const { ownHeaders } = httpSignatureEd25519
    expect(ownHeaders({ signatureAgent: AGENT })).toContain('Signature-Agent')
    expect(ownHeaders({})).not.toContain('Signature-Agent')
  })

  test('the key is parsed once if the context caches keys, and the request does not contain it', () => {
    const keys = new Map<string, Uint8Array>()
    const context: SigningContext = {
      ...signingContext,
      cachedKey: (name, derive) => {
        const key = keys.get(name) ?? derive()
        keys.set(name, key)
        return key
      },
    }
    expect(signed({}, {}, context).headers).toEqual(signed().headers)
    expect(signed({}, {}, context).headers).toEqual(signed().headers)
    expect(keys.size).toBe(1)
    expect([...keys.keys()].join()).not.toContain(D)
    expect(signed().secrets).toEqual([JWK, D])
    expect(JSON.stringify(signed().headers)).not.toContain(D)
  })
})

describe('rejects', () => {
  test('a streamed body, a key ID beyond ASCII, and a platform without Ed25519', () => {
    expect(httpSignatureEd25519.bodyRequirement(auth, outgoing())).toBe('digest')
    expect(() => signed({ body: { kind: 'stream' } })).toThrow(SigningError)
    expect(() => signed({}, { keyId: 'schlüssel' })).toThrow(SigningError)
    expect(() => signed({}, {}, { ...signingContext, signEd25519: undefined })).toThrow(
      'Ed25519 signatures are not supported on this platform. Use another authentication type.',
    )
  })

  test('a private key of another form, in a message without the key', () => {
    const attempt = () => signed({}, { privateKey: 'c2VjcmV0' })
    expect(attempt).toThrow(/neither PKCS #8/)
    expect(attempt).not.toThrow(/c2VjcmV0/)
  })
})

describe('a private key', () => {
  const seed = parseEd25519PrivateKey(JWK)
  const der = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
  const pem = (base64: string) =>
    `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`
  const hex = Buffer.from(D, 'base64url').toString('hex')
  const pkcs8 = der(`302e020100300506032b657004220420${hex}`)

  test('is accepted as PKCS #8 in PEM, also on one line and with the public key, and as a JWK', () => {
    const withPublicKey = der(`3051020101300506032b657004220420${hex}812100${'ab'.repeat(32)}`)
    const texts = [
      pem(pkcs8),
      `  ${pem(pkcs8)}\n`,
      pem(pkcs8).replaceAll('\n', ''),
      pem(withPublicKey),
    ]
    for (const text of texts) expect(parseEd25519PrivateKey(text)).toEqual(seed)
    expect(seed).toHaveLength(32)
  })

  test.each([
    ['', 'an empty text'],
    [D, 'the bytes alone'],
    [pkcs8, 'PKCS #8 without its markers'],
    [pem(pkcs8).replaceAll('PRIVATE', 'PUBLIC'), 'a public key'],
    [pem(der(`302e020100300506032b656e04220420${hex}`)), 'a key of X25519'],
    [pem(der(`302e020100300506032b657004220420${hex.slice(2)}`)), 'a shorter key'],
    [pem(der(`302f020100300506032b657004220420${hex}00`)), 'bytes after the key'],
    [JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: D }), 'a public JWK'],
    [JSON.stringify({ kty: 'OKP', crv: 'X25519', d: D }), 'a JWK of X25519'],
    [JSON.stringify({ kty: 'OKP', crv: 'Ed25519', d: D.slice(4) }), 'a JWK with a shorter key'],
    ['{"kty":', 'malformed JSON'],
    ['null', 'JSON that is no object'],
  ])('is rejected: %s (%s)', (text) => {
    expect(parseEd25519PrivateKey(text)).toBeUndefined()
  })
})
