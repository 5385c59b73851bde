import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import {
  allowInsecureRequests,
  OperationProcessingError,
  validateJwtAccessToken,
} from 'oauth4webapi'
import { askProgram, python, runProgram } from '../support/external-program.ts'

export const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const

/** An algorithm of our tokens. */
export type Algorithm = (typeof ALGORITHMS)[number]

/** A token, and the audience that the verifier is. */
export type VerifierCase = { readonly token: string; readonly audience: string }

/** What a verifier is told: no key, only where the keys are. */
export type Question = {
  readonly issuer: string
  readonly jwksUri: string
  readonly algorithms: readonly Algorithm[]
  readonly cases: readonly VerifierCase[]
}

/** A verifier of tokens that no one here wrote. */
export type Verifier = {
  readonly name: string
  /** What it needs of the operating system. */
  readonly packages: readonly string[]
  /** What it does not do, and why. */
  readonly leavesOut?: {
    readonly algorithms?: Partial<Record<Algorithm, string>>
    readonly audience?: string
  }
  /** For each case `accepted`, or `refused: ` and why. */
  readonly run: (question: Question) => Promise<readonly string[]>
}

const programs = join(import.meta.dirname, 'programs')

/** Those of other languages judge all cases in one process: to start takes longer than to verify. */
export const verifiers: readonly Verifier[] = [
  { name: 'jose (npm)', packages: [], run: verifyWithJose },
  { name: 'oauth4webapi', packages: [], run: verifyWithOauth4webapi },
  {
    name: 'PyJWT',
    packages: ['python3-jwt', 'python3-cryptography'],
    run: (question) => askPython('verify-with-pyjwt.py', question),
  },
  {
    name: 'jwcrypto',
    packages: ['python3-jwcrypto'],
    run: (question) => askPython('verify-with-jwcrypto.py', question),
  },
  {
    name: 'Authlib',
    packages: ['python3-authlib'],
    run: (question) => askPython('verify-with-authlib.py', question),
  },
  {
    name: 'ruby-jwt',
    packages: ['ruby', 'ruby-jwt'],
    leavesOut: { algorithms: { EdDSA: 'this version reads no OKP keys from a key set' } },
    run: (question) =>
      askProgram('/usr/bin/ruby', { args: [join(programs, 'verify-with-ruby-jwt.rb')], question }),
  },
  {
    name: 'Crypt::JWT',
    packages: ['libcrypt-jwt-perl'],
    run: (question) =>
      askProgram('/usr/bin/perl', { args: [join(programs, 'verify-with-crypt-jwt.pl')], question }),
  },
  {
    name: 'jose (C)',
    packages: ['jose'],
    leavesOut: {
      algorithms: { EdDSA: 'its list of algorithms has no EdDSA' },
      audience: 'it verifies signatures and reads no claims',
    },
    run: verifyWithJoseProgram,
  },
]

function askPython(program: string, question: Question): Promise<readonly string[]> {
  return askProgram(python(), { args: [join(programs, program)], question })
}

function verifyWithJose({ issuer, jwksUri, algorithms, cases }: Question) {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return Promise.all(
    cases.map(({ token, audience }) => {
      const options = { issuer, audience, algorithms: [...algorithms], typ: 'at+jwt' }
      return judge(jwtVerify(token, keys, options), errors.JOSEError)
    }),
  )
}

function verifyWithOauth4webapi({ issuer, jwksUri, algorithms, cases }: Question) {
  const metadata = { issuer, jwks_uri: jwksUri }
  const options = { [allowInsecureRequests]: true as const, signingAlgorithms: [...algorithms] }
  return Promise.all(
    cases.map(({ token, audience }) => {
      const headers = { authorization: `Bearer ${token}` }
      const request = new Request('https://api.example.com/v1/contacts', { headers })
      const verified = validateJwtAccessToken(metadata, request, audience, options)
      return judge(verified, OperationProcessingError)
    }),
  )
}

/** Only the library's own refusals count; anything else is a mistake of this test. */
async function judge(
  verified: Promise<unknown>,
  refusal: abstract new (...args: never[]) => Error,
): Promise<string> {
  try {
    await verified
    return 'accepted'
  } catch (error) {
    if (!(error instanceof refusal)) throw error
    return `refused: ${error.message}`
  }
}

/** It takes one token at a time, and the key set as a file. */
async function verifyWithJoseProgram({ jwksUri, cases }: Question): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-interop-'))
  try {
    const file = join(directory, 'jwks.json')
    writeFileSync(file, await (await fetch(jwksUri)).text())
    const verdicts: string[] = []
    for (const { token } of cases) {
      const args = ['jws', 'ver', '-i', '-', '-k', file, '-O', '-']
      const { code, stderr } = await runProgram('jose', { args, input: token })
      if (code !== 0 && code !== 1) throw new Error(`jose ended with ${code}: ${stderr}`)
      verdicts.push(code === 0 ? 'accepted' : `refused: ${stderr}`)
    }
    return verdicts
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
