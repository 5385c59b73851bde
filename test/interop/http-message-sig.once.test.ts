import { createHmac, timingSafeEqual } from 'node:crypto'
import { authenticateRequest, type OutgoingRequest } from '@keyporter/protocol'
import fc from 'fast-check'
import { createSignatureSync, type RequestDescriptor, verifySignature } from 'http-message-sig'
import { describe, expect, test } from 'vitest'
import { signatureBase } from '../../packages/protocol/src/outbound-auth/signature-base.ts'
import { bytesBody, outgoing, signingContext } from '../support/outgoing-request.ts'

// This library does not normalize URLs and reads header lines one by one, so paths, queries and headers are arbitrary.

const auth = {
  kind: 'hmac_sha256',
  scheme: 'rfc9421',
  clientId: 'client "1" \\ ~',
  clientSecret: 'Sup3r sécret',
} as const

const ALGORITHM = 'hmac-sha256'
const COVERED = ['@method', '@authority', '@path', '@query']
const NOW_SECONDS = Math.floor(signingContext.nowMs / 1_000)

const paths = fc.stringMatching(/^\/([\w.~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2})*$/)
const queries = fc.stringMatching(/^([\w.~!$&'()*+,;=:@/?-]|%[0-9a-fA-F]{2})*$/)
const requests = fc
  .record({
    method: fc.constantFrom('GET', 'DELETE', 'POST', 'PATCH', 'PURGE'),
    origin: fc.constantFrom('https://api.example.com', 'https://[::1]:8443', 'http://a.example'),
    path: paths,
    query: queries,
    body: fc.uint8Array(),
  })
  .map(({ body, ...rest }) =>
    outgoing({ ...rest, ...(body.length > 0 && { body: bytesBody(body) }) }),
  )

/** Header lines with commas, empty values and surrounding white space. */
const lines = fc.record({
  name: fc.constantFrom('X-One', 'x-two', 'Cache-Control'),
  value: fc.stringMatching(/^[ \t]*([!-~]([ -~]*[!-~])?)?[ \t]*$/),
})

describe('http-message-sig', () => {
  test('verifies the signatures of Keyporter', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        await verify({
          ...request,
          headers: authenticateRequest(auth, request, signingContext).headers,
        })
      }),
      { numRuns: 60 },
    )
  })

  test('rejects the signature for another method, path, query, host, body, key or time', async () => {
    const request = outgoing({ method: 'POST', query: 'b=2&a=1', body: bytesBody('x') })
    const { headers } = authenticateRequest(auth, request, signingContext)
    const other = authenticateRequest(
      auth,
      { ...request, body: bytesBody('y') },
      signingContext,
    ).headers
    const withDigestOf = (otherHeaders: typeof headers) =>
      headers.map(
        (line) =>
          otherHeaders.find(({ name }) => name === 'Content-Digest' && name === line.name) ?? line,
      )
    await verify({ ...request, headers: withDigestOf(headers) })
    const changes: readonly Partial<OutgoingRequest>[] = [
      { method: 'PUT' },
      { path: '/thing' },
      { query: 'a=1&b=2' },
      { query: 'b=2&a=%31' },
      { origin: 'https://api.example.org' },
      { headers: withDigestOf(other) },
    ]
    for (const change of changes)
      await expect(verify({ ...request, headers, ...change })).rejects.toMatchObject({
        code: 'VerificationFailed',
      })
    const signed = { ...request, headers }
    await expect(verify(signed, { secret: 'another' })).rejects.toMatchObject({
      code: 'VerificationFailed',
    })
    await expect(verify(signed, { now: NOW_SECONDS + 61 })).rejects.toMatchObject({
      code: 'PolicyViolation',
    })
  })

  test('computes the same signature base, also for repeated, empty and comma-separated header lines', () => {
    fc.assert(
      fc.property(requests, fc.array(lines, { minLength: 1 }), (request, headers) => {
        const names = new Set(headers.map(({ name }) => name.toLowerCase()))
        const components = [...COVERED, '@target-uri', '@scheme', ...names]
        let expectedBase = ''
        createSignatureSync(describeRequest({ ...request, headers }), {
          components,
          parameters: { created: NOW_SECONDS, keyid: auth.clientId },
          signer: {
            algorithm: ALGORITHM,
            sign: (data) => {
              expectedBase = Buffer.from(data).toString()
              return new Uint8Array()
            },
          },
        })
        const { base } = signatureBase({ kind: 'request', ...request, headers }, components, [
          ['created', NOW_SECONDS],
          ['keyid', auth.clientId],
        ])
        expect(base).toBe(expectedBase)
      }),
      { numRuns: 60 },
    )
  })
})

function verify(
  request: OutgoingRequest,
  { secret = auth.clientSecret, now = NOW_SECONDS }: { secret?: string; now?: number } = {},
) {
  const hasBody = request.body.kind !== 'none'
  return verifySignature(describeRequest(request), {
    policy: {
      algorithms: [ALGORITHM],
      requiredComponents: hasBody ? [...COVERED, 'content-digest'] : COVERED,
      requiredParameters: ['created', 'keyid', 'alg'],
      maxAge: 60,
      now,
      validate: ({ parameters }) => parameters.keyid === auth.clientId,
    },
    resolveVerifier: () => ({
      algorithm: ALGORITHM,
      verify: (data, signature) =>
        timingSafeEqual(createHmac('sha256', secret).update(data).digest(), signature),
    }),
  })
}

function describeRequest({
  method,
  origin,
  path,
  query,
  headers,
}: OutgoingRequest): RequestDescriptor {
  const targetUri = `${origin}${path}${query === '' ? '' : `?${query}`}`
  return { kind: 'request', method, targetUri, fields: headers }
}
