import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { authenticateRequest, type OutgoingRequest } from '@keyporter/protocol'
import fc from 'fast-check'
import { verifySignature } from 'http-message-sig'
import { createVerifier, httpbis } from 'http-message-signatures'
import { describe, expect, test } from 'vitest'
import { jwkToKeyID, verify as verifyBot } from 'web-bot-auth'
import { helpers } from 'web-bot-auth/crypto'
import { bytesBody, outgoing, signingContext } from '../support/outgoing-request.ts'

// Signatures of Keyporter with Ed25519, verified by three independent libraries.

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519').publicKey
const PEM = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
const JWK = JSON.stringify(privateKey.export({ format: 'jwk' }))
const AGENT = 'https://signature-agent.example/?a=1'
// Two libraries compare the times with the clock of this machine.
const context = { ...signingContext, nowMs: Date.now() }
const NOW_SECONDS = Math.floor(context.nowMs / 1000)
const COVERED = ['@method', '@authority', '@path', '@query']
const PARAMETERS = ['created', 'keyid', 'alg', 'expires', 'nonce']

const auth = { kind: 'http_signature_ed25519', keyId: 'key "1" \\ ~', privateKey: PEM } as const

const targets = fc.tuple(fc.webPath(), fc.webQueryParameters()).map(([path, query]) => {
  const { pathname, search } = new URL(`https://api.example.com/x${path}?${query}`)
  return { path: pathname, query: search.slice(1) }
})
const requests = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
    origin: fc.constantFrom('https://api.example.com', 'https://[::1]:8443', 'http://a.example'),
    target: targets,
    body: fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }),
  })
  .map(({ target, body, ...rest }) =>
    outgoing({ ...rest, ...target, ...(body === undefined ? {} : { body: bytesBody(body) }) }),
  )

const sign = (request: OutgoingRequest, settings: object = {}) => {
  const { headers } = authenticateRequest({ ...auth, ...settings }, request, context)
  return { ...request, headers }
}

const changes: readonly Partial<OutgoingRequest>[] = [
  { method: 'PUT' },
  { path: '/thing' },
  { query: 'a=2' },
  { origin: 'https://api.example.org' },
]
const example = outgoing({ method: 'POST', query: 'a=1', body: bytesBody('x') })

describe('http-message-signatures', () => {
  const check = (request: OutgoingRequest, key: KeyObject = publicKey) =>
    httpbis.verifyMessage(
      {
        keyLookup: async ({ keyid }) => ({
          id: String(keyid),
          algs: ['ed25519'],
          verify: createVerifier(key, 'ed25519'),
        }),
        requiredFields: COVERED,
        requiredParams: PARAMETERS,
      },
      messageOf(request),
    )

  test('verifies the signatures of Keyporter, with the key in both forms', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom(PEM, JWK), async (request, key) => {
        expect(await check(sign(request, { privateKey: key }))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('rejects the signature for another method, path, query, host or key', async () => {
    const signed = sign(example)
    for (const change of changes) expect(await check({ ...signed, ...change })).toBe(false)
    expect(await check(signed, other)).toBe(false)
  })
})

const FAILED = { code: 'VerificationFailed' }

describe('http-message-sig', () => {
  const check = (request: OutgoingRequest, key: KeyObject = publicKey) =>
    verifySignature(
      {
        kind: 'request',
        method: request.method,
        targetUri: urlOf(request),
        fields: request.headers,
      },
      {
        policy: {
          algorithms: ['ed25519'],
          requiredComponents:
            request.body.kind === 'none' ? COVERED : [...COVERED, 'content-digest'],
          requiredParameters: PARAMETERS,
          maxAge: 60,
          now: NOW_SECONDS,
        },
        resolveVerifier: () => ({
          algorithm: 'ed25519',
          verify: (data, signature) => verify(null, data, key, signature),
        }),
      },
    )

  test.each([{}, { signatureAgent: AGENT }])(
    'verifies the signatures of Keyporter %j',
    async (settings) => {
      await fc.assert(
        fc.asyncProperty(requests, async (request) => {
          await check(sign(request, settings))
        }),
        { numRuns: 40 },
      )
    },
  )

  test('rejects the signature for another request, key or signature agent', async () => {
    const signed = sign(example, { signatureAgent: AGENT })
    for (const change of changes)
      await expect(check({ ...signed, ...change })).rejects.toMatchObject(FAILED)
    await expect(check(signed, other)).rejects.toMatchObject(FAILED)
    const headers = signed.headers.map((header) =>
      header.name === 'Signature-Agent'
        ? { ...header, value: 'sig="https://evil.example"' }
        : header,
    )
    await expect(check({ ...signed, headers })).rejects.toMatchObject(FAILED)
  })
})

describe('web-bot-auth', () => {
  const thumbprint = () =>
    jwkToKeyID(
      createPublicKey(privateKey).export({ format: 'jwk' }),
      helpers.WEBCRYPTO_SHA256,
      helpers.BASE64URL_DECODE,
    )

  test('verifies a request with a signature agent, its tag, expiry and key ID', async () => {
    const keyId = await thumbprint()
    const { headers } = authenticateRequest(
      { ...auth, keyId, signatureAgent: AGENT },
      example,
      context,
    )
    const check = (key: KeyObject) =>
      verifyBot(
        { ...messageOf({ ...example, headers }) },
        (data, signature, { keyid, expires, created }) => {
          expect(keyid).toBe(keyId)
          expect(expires.getTime() - created.getTime()).toBe(300_000)
          // This library takes the whole header for the member. RFC 9421 §2.1.2 takes the value of the member.
          const base = data.replace('"sig": sig="https', '"sig": "https')
          return verify(null, Buffer.from(base), key, signature)
        },
      )
    expect(await check(publicKey)).toBe(true)
    expect(await check(other)).toBe(false)
  })

  test('rejects a signature without a signature agent, because it has no tag', async () => {
    const request = messageOf(sign(example))
    await expect(verifyBot(request, () => true)).rejects.toThrow(/tag/)
  })
})

function urlOf({ origin, path, query }: OutgoingRequest): string {
  return `${origin}${path}${query === '' ? '' : `?${query}`}`
}

function messageOf(request: OutgoingRequest) {
  return {
    method: request.method,
    url: urlOf(request),
    headers: Object.fromEntries(request.headers.map(({ name, value }) => [name, value])),
  }
}
