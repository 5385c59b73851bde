import { join } from 'node:path'
import {
  type AuthenticatedRequest,
  authenticateRequest,
  presignAwsSigV4,
} from '@keyporter/protocol'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { askProgram, python } from '../support/external-program.ts'
import { headerValues, signingContext as someTime } from '../support/outgoing.ts'
import { requireSystemPackage } from '../support/system.ts'
import { type AwsCase, awsAddress, awsCase } from './random-aws-request.ts'

/** A case, and what of it is sent: the others sign that. */
type Signed = {
  readonly made: AwsCase
  readonly sent: Pick<AuthenticatedRequest, 'path' | 'query'>
  readonly expiresInSeconds?: number
}

const CASES = 400
const programs = join(import.meta.dirname, 'programs')

describe.each([
  ['AWS’s own library for JavaScript', [], process.execPath, 'sign-with-smithy.mjs'],
  ['botocore', ['python3-botocore'], python(), 'sign-with-botocore.py'],
])('%s', (_, packages, command, program) => {
  beforeEach((ctx) => {
    for (const name of packages) requireSystemPackage(ctx, name)
  })

  it('signs the request that we send as we do', async () => {
    const all = fc.sample(awsCase, CASES).map((made) => {
      const { auth, request, nowMs } = made
      return { made, sent: authenticateRequest(auth, request, { ...someTime, nowMs }) }
    })
    const theirs = await ask(command, program, all)
    const ours = all.map(({ sent }) => headerValues(sent, 'Authorization')[0])
    expect(besides(all, ours)).toEqual(besides(all, theirs))
  })
})

describe('botocore', () => {
  it('presigns the address that we give away as we do', async (ctx) => {
    requireSystemPackage(ctx, 'python3-botocore')
    const all = fc.sample(awsAddress, CASES).map(({ expiresInSeconds, ...made }) => {
      const { auth, request, nowMs } = made
      const presigned = { ...request, expiresInSeconds }
      const { path, query } = presignAwsSigV4(auth, presigned, { ...someTime, nowMs })
      // They are given what was asked for, and find the rest themselves.
      const end = query.search(/&?X-Amz-Algorithm=/)
      const sent = { path, query: query.slice(0, end) }
      return { made, sent, expiresInSeconds, ours: /&X-Amz-Signature=(.+)$/.exec(query)?.[1] }
    })
    const theirs = await ask(python(), 'sign-with-botocore.py', all)
    expect(
      besides(
        all,
        all.map(({ ours }) => ours),
      ),
    ).toEqual(besides(all, theirs))
  })
})

function ask(
  command: string,
  program: string,
  all: readonly Signed[],
): Promise<readonly (string | undefined)[]> {
  const question = all.map(({ made, sent, expiresInSeconds }) => {
    const { auth, request, nowMs } = made
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
  return askProgram(command, { args: [join(programs, program)], question })
}

/** A signature beside what it signs, so that a difference says where it is. */
function besides(all: readonly Signed[], signatures: readonly (string | undefined)[]) {
  return all.map(({ made, sent: { path, query } }, index) => {
    return { made, path, query, signature: signatures[index] }
  })
}
