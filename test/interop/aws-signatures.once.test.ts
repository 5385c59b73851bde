import { join } from 'node:path'
import {
  type AuthenticatedRequest,
  authenticateRequest,
  presignAwsSigV4,
} from '@keyporter/protocol'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { python, runJsonProgram } from '../support/external-program.ts'
import { headerValues, signingContext } from '../support/outgoing-request.ts'
import { requireSystemPackage } from '../support/system-packages.ts'
import { type AwsCase, awsAddress, awsCase } from './random-aws-request.ts'

/** A case, and the path and query that the other program signs. */
type Signed = {
  readonly input: AwsCase
  readonly sent: Pick<AuthenticatedRequest, 'path' | 'query'>
  readonly expiresInSeconds?: number
}

const CASES = 400
const programs = join(import.meta.dirname, 'programs')

describe.each([
  ['the AWS SDK for JavaScript', [], process.execPath, 'sign-with-smithy.mjs'],
  ['botocore', ['python3-botocore'], python(), 'sign-with-botocore.py'],
])('%s', (_, packages, command, program) => {
  beforeEach((ctx) => {
    for (const name of packages) requireSystemPackage(ctx, name)
  })

  it('computes the same signature for a request', async () => {
    const all = fc.sample(awsCase, CASES).map((input) => {
      const { auth, request, nowMs } = input
      return { input, sent: authenticateRequest(auth, request, { ...signingContext, nowMs }) }
    })
    const expected = await send(command, program, all)
    const actual = all.map(({ sent }) => headerValues(sent, 'Authorization')[0])
    expect(withRequests(all, actual)).toEqual(withRequests(all, expected))
  })
})

describe('botocore', () => {
  it('computes the same signature for a presigned URL', async (ctx) => {
    requireSystemPackage(ctx, 'python3-botocore')
    const all = fc.sample(awsAddress, CASES).map(({ expiresInSeconds, ...input }) => {
      const { auth, request, nowMs } = input
      const presigned = { ...request, expiresInSeconds }
      const { path, query } = presignAwsSigV4(auth, presigned, { ...signingContext, nowMs })
      // botocore gets the query without the signing parameters and adds its own.
      const end = query.search(/&?X-Amz-Algorithm=/)
      const sent = { path, query: query.slice(0, end) }
      return { input, sent, expiresInSeconds, actual: /&X-Amz-Signature=(.+)$/.exec(query)?.[1] }
    })
    const expected = await send(python(), 'sign-with-botocore.py', all)
    expect(
      withRequests(
        all,
        all.map(({ actual }) => actual),
      ),
    ).toEqual(withRequests(all, expected))
  })
})

function send(
  command: string,
  program: string,
  all: readonly Signed[],
): Promise<readonly (string | undefined)[]> {
  const cases = all.map(({ input, sent, expiresInSeconds }) => {
    const { auth, request, nowMs } = input
    const { origin, method, headers, body } = request
    return {
      auth,
      nowMs,
      method,
      url: `${origin}${sent.path}${sent.query === '' ? '' : `?${sent.query}`}`,
      headers,
      body: body.kind === 'bytes' ? Buffer.from(body.bytes).toString('latin1') : '',
      isUnsigned: body.kind === 'stream',
      expiresInSeconds,
    }
  })
  return runJsonProgram(command, { args: [join(programs, program)], input: cases })
}

/** Returns each signature with its request, so that a failure shows the request. */
function withRequests(all: readonly Signed[], signatures: readonly (string | undefined)[]) {
  return all.map(({ input, sent: { path, query } }, index) => {
    return { input, path, query, signature: signatures[index] }
  })
}
