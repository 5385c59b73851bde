import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential, type Issued, obtainToken } from '../support/issue.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { requireSystemPackage } from '../support/system.ts'
import {
  ALGORITHMS,
  type Algorithm,
  type Verifier,
  type VerifierCase,
  verifiers,
} from './verifiers.ts'

// K02 and K04: resource servers of many makers, which have nothing of ours but the published key set.

type Subject = {
  readonly client: Issued
  readonly audience: string
  /** Signed with the key from before the rotation, and with the one from after it. */
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
  const old = await obtainToken(server, client)
  await rotate(algorithm)
  const token = await obtainToken(server, client)
  expect(kidOf(token)).not.toBe(kidOf(old))
  return { client, audience, old, token }
}

async function rotate(algorithm: Algorithm): Promise<void> {
  const body = { algorithm, immediately: true }
  const answer = await server.ask('POST', '/v1/signing-keys/rotate', { body })
  expect([answer.status, answer.body.status]).toEqual([201, 'active'])
}

const elsewhere = 'refuses a token for another audience'
const cases: Readonly<Record<string, (subject: Subject) => VerifierCase>> = {
  'accepts a token': ({ token, audience }) => ({ token, audience }),
  'accepts a token of the key that was rotated out': ({ old, audience }) => ({
    token: old,
    audience,
  }),
  [elsewhere]: ({ token }) => ({ token, audience: 'https://other.example.com' }),
  'refuses a flipped bit in the signature': ({ token, audience }) => ({
    token: flipSignatureBit(token),
    audience,
  }),
  'refuses a flipped bit in the permissions': ({ token, audience }) => ({
    token: flipPermissionBit(token),
    audience,
  }),
  'refuses alg none without a signature': ({ token, audience }) => ({
    token: withAlgorithmNone(token, ''),
    audience,
  }),
  'refuses alg none with the signature left in place': ({ token, audience }) => ({
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
      const reason = reasonToLeaveOut(verifier, algorithm, name)
      ctx.skip(reason !== undefined, `${verifier.name}: ${reason}`)
      running ??= judgeEverything(verifier)
      const verdict = (await running).get(`${algorithm} ${name}`)
      expect(verdict).toMatch(name.startsWith('accepts') ? /^accepted$/ : /^refused: /)
    })
  })
})

function reasonToLeaveOut(
  { leavesOut }: Verifier,
  algorithm: Algorithm,
  name: string,
): string | undefined {
  return (
    leavesOut?.algorithms?.[algorithm] ?? (name === elsewhere ? leavesOut?.audience : undefined)
  )
}

/** Every verdict by algorithm and case, from one run. */
async function judgeEverything(verifier: Verifier): Promise<ReadonlyMap<string, string>> {
  const asked = ALGORITHMS.flatMap((algorithm) =>
    names
      .filter((name) => reasonToLeaveOut(verifier, algorithm, name) === undefined)
      .map((name) => ({ key: `${algorithm} ${name}`, case: cases[name]?.(subjects[algorithm]) })),
  )
  const verdicts = await verifier.run({
    issuer: server.url,
    jwksUri: `${server.url}/.well-known/jwks.json`,
    algorithms: ALGORITHMS,
    cases: asked.flatMap((one) => one.case ?? []),
  })
  return new Map(asked.map(({ key }, index) => [key, verdicts[index] ?? 'no verdict']))
}

it('K02 a verifier that has kept the key set reads it again for a key that it does not know', async () => {
  const { client, audience, token } = subjects.ES256
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`), {
    cooldownDuration: 0,
  })
  await jwtVerify(token, keys, { audience })
  await rotate('ES256')
  const newer = await obtainToken(server, client)
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

/** `R` and `S` are one bit apart: the payload is still JSON, and says something else. */
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
