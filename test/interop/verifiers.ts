import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import {
  allowInsecureRequests,
  OperationProcessingError,
  validateJwtAccessToken,
} from 'oauth4webapi'
import { python, runJsonProgram, runProgram } from '../support/external-program.ts'

export const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const

/** A signing algorithm of access tokens. */
export type Algorithm = (typeof ALGORITHMS)[number]

/** A token, and the audience that the verifier expects. */
export type VerifierCase = { readonly token: string; readonly audience: string }

/** The input of a verifier, with the URL of the keys instead of keys. */
export type VerifierInput = {
  readonly issuer: string
  readonly jwksUri: string
  readonly algorithms: readonly Algorithm[]
  readonly cases: readonly VerifierCase[]
}

/** A third-party token verifier. */
export type Verifier = {
  readonly name: string
  /** The operating system packages that it requires. */
  readonly packages: readonly string[]
  /** The unsupported checks, with the reason. */
  readonly unsupported?: {
    readonly algorithms?: Partial<Record<Algorithm, string>>
    readonly audience?: string
  }
  /** Returns `accepted`, or `rejected: ` and the reason, for each case. */
  readonly run: (input: VerifierInput) => Promise<readonly string[]>
}

const programs = join(import.meta.dirname, 'programs')

/** Programs in other languages verify all cases in one process, because starting takes most of the time. */
export const verifiers: readonly Verifier[] = [
  { name: 'jose (npm)', packages: [], run: verifyWithJose },
  { name: 'oauth4webapi', packages: [], run: verifyWithOauth4webapi },
  {
    name: 'PyJWT',
    packages: ['python3-jwt', 'python3-cryptography'],
    run: (input) => runPythonProgram('verify-with-pyjwt.py', input),
  },
  {
    name: 'jwcrypto',
    packages: ['python3-jwcrypto'],
    run: (input) => runPythonProgram('verify-with-jwcrypto.py', input),
  },
  {
    name: 'Authlib',
    packages: ['python3-authlib'],
    run: (input) => runPythonProgram('verify-with-authlib.py', input),
  },
  {
    name: 'ruby-jwt',
    packages: ['ruby', 'ruby-jwt'],
    unsupported: { algorithms: { EdDSA: 'this version does not support OKP keys in a key set' } },
    run: (input) =>
      runJsonProgram('/usr/bin/ruby', { args: [join(programs, 'verify-with-ruby-jwt.rb')], input }),
  },
  {
    name: 'Crypt::JWT',
    packages: ['libcrypt-jwt-perl'],
    run: (input) =>
      runJsonProgram('/usr/bin/perl', {
        args: [join(programs, 'verify-with-crypt-jwt.pl')],
        input,
      }),
  },
  {
    name: 'jose (C)',
    packages: ['jose'],
    unsupported: {
      algorithms: { EdDSA: 'the program does not support EdDSA' },
      audience: 'the program verifies signatures but no claims',
    },
    run: verifyWithJoseProgram,
  },
]

function runPythonProgram(program: string, input: VerifierInput): Promise<readonly string[]> {
  return runJsonProgram(python(), { args: [join(programs, program)], input })
}

function verifyWithJose({ issuer, jwksUri, algorithms, cases }: VerifierInput) {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return Promise.all(
    cases.map(({ token, audience }) => {
      const options = { issuer, audience, algorithms: [...algorithms], typ: 'at+jwt' }
      return toVerdict(jwtVerify(token, keys, options), errors.JOSEError)
    }),
  )
}

function verifyWithOauth4webapi({ issuer, jwksUri, algorithms, cases }: VerifierInput) {
  const metadata = { issuer, jwks_uri: jwksUri }
  const options = { [allowInsecureRequests]: true as const, signingAlgorithms: [...algorithms] }
  return Promise.all(
    cases.map(({ token, audience }) => {
      const headers = { authorization: `Bearer ${token}` }
      const request = new Request('https://api.example.com/v1/contacts', { headers })
      const verified = validateJwtAccessToken(metadata, request, audience, options)
      return toVerdict(verified, OperationProcessingError)
    }),
  )
}

/** Counts only the library's own errors as rejections; rethrows other errors. */
async function toVerdict(
  verified: Promise<unknown>,
  rejection: abstract new (...args: never[]) => Error,
): Promise<string> {
  try {
    await verified
    return 'accepted'
  } catch (error) {
    if (!(error instanceof rejection)) throw error
    return `rejected: ${error.message}`
  }
}

/** Runs the program once per token, with the key set in a file. */
async function verifyWithJoseProgram({
  jwksUri,
  cases,
}: VerifierInput): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-interop-'))
  try {
    const file = join(directory, 'jwks.json')
    writeFileSync(file, await (await fetch(jwksUri)).text())
    const verdicts: string[] = []
    for (const { token } of cases) {
      const args = ['jws', 'ver', '-i', '-', '-k', file, '-O', '-']
      const { code, stderr } = await runProgram('jose', { args, input: token })
      if (code !== 0 && code !== 1) throw new Error(`jose ended with ${code}: ${stderr}`)
      verdicts.push(code === 0 ? 'accepted' : `rejected: ${stderr}`)
    }
    return verdicts
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
