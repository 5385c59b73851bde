import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { requireSystemPackage } from '../support/system-packages.ts'
import {
  ALGORITHMS,
  type Algorithm,
  type Verifier,
  type VerifierCase,
  verifiers,
} from './verifiers.ts'

// Third-party token verifiers know only the published key set, as resource servers do (RFC 9068 §4).

type Subject = {
  readonly client: IssuedCredential
  readonly audience: string
  /** Signed with the key before the rotation; `token` is signed with the key after it. */
  readonly old: string
  readonly token: string
}

let server: TestServer
let subjects: Readonly<Record<Algorithm, Subject>>

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  subjects = {
    ES256: await obtainAroundRotation('ES256'),
    EdDSA: await obtainAroundRotation('EdDSA'),
    RS256: await obtainAroundRotation('RS256'),
  }
})
afterAll(() => server.close())

async function obtainAroundRotation(algorithm: Algorithm): Promise<Subject> {
  const audience = `https://${algorithm.toLowerCase()}.example.com`
  const api = await createContactsApi(server, {
    name: algorithm,
    identifier: audience,
    signingAlgorithm: algorithm,
  })
  const client = await createCredential(server, { apiId: api.id })
  const old = await requestToken(server, client)
  await rotate(algorithm)
  const token = await requestToken(server, client)
  expect(kidOf(token)).not.toBe(kidOf(old))
  return { client, audience, old, token }
}

async function rotate(algorithm: Algorithm): Promise<void> {
  const body = { algorithm, immediately: true }
  const response = await server.send('POST', '/v1/signing-keys/rotate', { body })
  expect([response.status, response.body.status]).toEqual([201, 'active'])
}

const otherAudience = 'rejects a token for another audience'
const cases: Readonly<Record<string, (subject: Subject) => VerifierCase>> = {
  'accepts a token': ({ token, audience }) => ({ token, audience }),
  'accepts a token of the previous signing key': ({ old, audience }) => ({
    token: old,
    audience,
  }),
  [otherAudience]: ({ token }) => ({ token, audience: 'https://other.example.com' }),
  'rejects a flipped bit in the signature': ({ token, audience }) => ({
    token: flipSignatureBit(token),
    audience,
  }),
  'rejects a flipped bit in the permissions': ({ token, audience }) => ({
    token: flipPermissionBit(token),
    audience,
  }),
  'rejects alg none without a signature': ({ token, audience }) => ({
    token: withAlgorithmNone(token, ''),
    audience,
  }),
  'rejects alg none with the original signature': ({ token, audience }) => ({
    token: withAlgorithmNone(token, token.split('.')[2] ?? ''),
    audience,
  }),
}
const names = Object.keys(cases)

describe.each(verifiers)('$name', (verifier) => {
  let running: Promise<ReadonlyMap<string, string>> | undefined
  beforeEach((ctx) => {
    for (const name of verifier.packages) requireSystemPackage(ctx, name)
  })

  describe.each(ALGORITHMS)('%s', (algorithm) => {
    it.for(names)('%s', async (name, ctx) => {
      const reason = unsupportedReason(verifier, algorithm, name)
      ctx.skip(reason !== undefined, `${verifier.name}: ${reason}`)
      running ??= verifyAll(verifier)
      const verdict = (await running).get(`${algorithm} ${name}`)
      expect(verdict).toMatch(name.startsWith('accepts') ? /^accepted$/ : /^rejected: /)
    })
  })
})

function unsupportedReason(
  { unsupported }: Verifier,
  algorithm: Algorithm,
  name: string,
): string | undefined {
  return (
    unsupported?.algorithms?.[algorithm] ??
    (name === otherAudience ? unsupported?.audience : undefined)
  )
}

/** Returns every verdict of one run by algorithm and case. */
async function verifyAll(verifier: Verifier): Promise<ReadonlyMap<string, string>> {
  const keyedCases = ALGORITHMS.flatMap((algorithm) =>
    names
      .filter((name) => unsupportedReason(verifier, algorithm, name) === undefined)
      .map((name) => ({ key: `${algorithm} ${name}`, case: cases[name]?.(subjects[algorithm]) })),
  )
  const verdicts = await verifier.run({
    issuer: server.url,
    jwksUri: `${server.url}/.well-known/jwks.json`,
    algorithms: ALGORITHMS,
    cases: keyedCases.flatMap((one) => one.case ?? []),
  })
  return new Map(keyedCases.map(({ key }, index) => [key, verdicts[index] ?? 'no verdict']))
}

it('a verifier with a cached key set fetches the key set again for an unknown kid', async () => {
  const { client, audience, token } = subjects.ES256
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`), {
    cooldownDuration: 0,
  })
  await jwtVerify(token, keys, { audience })
  await rotate('ES256')
  const newer = await requestToken(server, client)
  expect(kidOf(newer)).not.toBe(kidOf(token))
  for (const one of [newer, token]) await jwtVerify(one, keys, { audience })
})

function kidOf(token: string): string | undefined {
  return decodeProtectedHeader(token).kid
}

function flipSignatureBit(token: string): string {
  const [head = '', body = '', tail = ''] = token.split('.')
  const signature = Buffer.from(tail, 'base64url')
  signature.writeUInt8(signature.readUInt8(20) ^ 1, 20)
  return [head, body, signature.toString('base64url')].join('.')
}

/** `R` and `S` differ by one bit, so the payload stays valid JSON. */
function flipPermissionBit(token: string): string {
  const [head = '', body = '', tail = ''] = token.split('.')
  const claims = Buffer.from(body, 'base64url').toString()
  const altered = claims.replace('CONTACT_READ', 'CONTACT_SEAD')
  expect(altered).not.toBe(claims)
  return [head, Buffer.from(altered).toString('base64url'), tail].join('.')
}

function withAlgorithmNone(token: string, signature: string): string {
  const header = JSON.stringify({ ...decodeProtectedHeader(token), alg: 'none' })
  const [, body] = token.split('.')
  return [Buffer.from(header).toString('base64url'), body, signature].join('.')
}
