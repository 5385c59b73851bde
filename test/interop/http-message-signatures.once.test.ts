import { authenticateRequest, type OutgoingRequest } from '@keyporter/protocol'
import fc from 'fast-check'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'
import { describe, expect, test } from 'vitest'
import { bytesBody, headerValues, outgoing, signingContext } from '../support/outgoing-request.ts'

const auth = {
  kind: 'hmac_sha256',
  scheme: 'rfc9421',
  clientId: 'client "1" \\ ~',
  clientSecret: 'Sup3r sécret',
} as const

const COVERED = ['@method', '@authority', '@path', '@query']
const PARAMETERS = ['created', 'keyid', 'alg']

/** Normalized paths and queries, because the other library normalizes URLs. */
const targets = fc.tuple(fc.webPath(), fc.webQueryParameters()).map(([path, query]) => {
  const { pathname, search } = new URL(`https://api.example.com/x${path}?${query}`)
  return { path: pathname, query: search.slice(1) }
})
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
  origin: fc.constantFrom('https://api.example.com', 'https://[::1]:8443', 'http://a.example'),
  target: targets,
  body: fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }),
})

describe('http-message-signatures', () => {
  test('verifies the signatures of Keyporter', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ target, body, ...rest }) => {
        const request = outgoing({ ...rest, ...target, ...withBody(body) })
        expect(
          await verify(request, authenticateRequest(auth, request, signingContext).headers),
        ).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('rejects the signature for another method, path, query, host or body', async () => {
    const request = outgoing({ method: 'POST', query: 'a=1', body: bytesBody('x') })
    const { headers } = authenticateRequest(auth, request, signingContext)
    const digest = authenticateRequest(auth, { ...request, body: bytesBody('y') }, signingContext)
      .headers[0]
    expect.assert(digest?.name === 'Content-Digest')
    const changes: Partial<OutgoingRequest>[] = [
      { method: 'PUT' },
      { path: '/thing' },
      { query: 'a=2' },
      { origin: 'https://api.example.org' },
      { headers: [digest, ...headers.slice(1)] },
    ]
    expect(await verify(request, headers)).toBe(true)
    for (const change of changes) {
      const { headers: sent = headers, ...rest } = change
      expect(await verify({ ...request, ...rest }, sent)).toBe(false)
    }
  })

  test('computes byte-identical signature headers', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ target, body, ...rest }) => {
        const request = outgoing({ ...rest, ...target, ...withBody(body) })
        const ours = authenticateRequest(auth, request, signingContext)
        const digest = headerValues(ours, 'Content-Digest')
        const theirs = await httpbis.signMessage(
          {
            key: createSigner(Buffer.from(auth.clientSecret), 'hmac-sha256', auth.clientId),
            fields: digest.length === 0 ? COVERED : [...COVERED, 'content-digest'],
            params: PARAMETERS,
            paramValues: { created: new Date(signingContext.nowMs) },
          },
          messageOf(
            request,
            digest.map((value) => ({ name: 'Content-Digest', value })),
          ),
        )
        expect(headerValues(ours, 'Signature-Input')).toEqual([theirs.headers['Signature-Input']])
        expect(headerValues(ours, 'Signature')).toEqual([theirs.headers['Signature']])
      }),
      { numRuns: 40 },
    )
  })
})

function withBody(bytes: Uint8Array | undefined): Partial<OutgoingRequest> {
  return bytes === undefined ? {} : { body: bytesBody(bytes) }
}

function verify(request: OutgoingRequest, headers: OutgoingRequest['headers']) {
  const check = createVerifier(Buffer.from(auth.clientSecret), 'hmac-sha256')
  return httpbis.verifyMessage(
    {
      keyLookup: async ({ keyid }) =>
        keyid === auth.clientId ? { id: keyid, algs: ['hmac-sha256'], verify: check } : null,
      requiredFields: COVERED,
      requiredParams: PARAMETERS,
    },
    messageOf(request, headers),
  )
}

function messageOf(request: OutgoingRequest, headers: OutgoingRequest['headers']) {
  const { method, origin, path, query } = request
  return {
    method,
    url: `${origin}${path}${query === '' ? '' : `?${query}`}`,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  }
}
