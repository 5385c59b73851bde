import { describe, expect, test } from 'vitest'
import {
  signingContext as anyTime,
  bytesBody,
  outgoing,
} from '../../../../test/support/outgoing-request.ts'
import type { AwsSigV4Auth } from '../auth-types.ts'
import { type OutgoingRequest, SigningError } from './request.ts'
import { presignAwsSigV4 } from './sigv4-presign.ts'

const s3: AwsSigV4Auth = {
  kind: 'aws_sigv4',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 's3',
}
const context = { ...anyTime, nowMs: Date.parse('2013-05-24T00:00:00Z') }

function presign(parts: Partial<OutgoingRequest>, auth = s3, expiresInSeconds = 86_400) {
  const origin = 'https://examplebucket.s3.amazonaws.com'
  return presignAwsSigV4(auth, { ...outgoing({ origin, ...parts }), expiresInSeconds }, context)
}

function parametersOf(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query))
}

describe('a presigned URL', () => {
  test('matches the S3 reference', () => {
    const { path, query, headers } = presign({ path: '/test.txt' })
    expect(path).toBe('/test.txt')
    expect(query).toBe(
      'X-Amz-Algorithm=AWS4-HMAC-SHA256' +
        '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
        '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    )
    expect(headers).toEqual([])
  })

  test('keeps its query first, and drops existing signature parameters', () => {
    const query = 'versionId=a+b&X-Amz-Signature=old&X-Amz-Credential=old&partNumber=1'
    expect(presign({ query }).query).toMatch(
      /^versionId=a%20b&partNumber=1&X-Amz-Algorithm=[^&]+&X-Amz-Credential=AKIA/,
    )
  })

  test('contains the session token, which is signed and listed as a secret', () => {
    const attached = presign({}, { ...s3, sessionToken: 'temporary+/=' })
    expect(parametersOf(attached.query)['X-Amz-Security-Token']).toBe('temporary+/=')
    expect(attached.explanation?.canonicalRequest).toContain('X-Amz-Security-Token=temporary%2B')
    expect(attached.secrets).toEqual(['temporary+/='])
  })

  test('includes AWS headers, and does not sign other headers', () => {
    const headers = [
      { name: 'X-Amz-Meta-Author', value: 'Zoë' },
      { name: 'Content-Type', value: 'text/plain' },
      { name: 'X-Amz-Content-Sha256', value: 'UNSIGNED-PAYLOAD' },
    ]
    const attached = presign({ method: 'PUT', headers })
    expect(parametersOf(attached.query)).toMatchObject({
      'X-Amz-Meta-Author': 'Zoë',
      'X-Amz-SignedHeaders': 'host',
    })
    expect(attached.headers).toEqual([{ name: 'Content-Type', value: 'text/plain' }])
  })

  test('signs encryption headers, which must be sent', () => {
    const encryption = { name: 'x-amz-server-side-encryption', value: 'AES256' }
    const attached = presign({ method: 'PUT', headers: [encryption] })
    expect(attached.headers).toEqual([encryption])
    expect(parametersOf(attached.query)['X-Amz-SignedHeaders']).toBe(
      'host;x-amz-server-side-encryption',
    )
  })

  test('does not sign the body for S3, and signs it for other services', () => {
    const last = (auth: AwsSigV4Auth) =>
      presign({ method: 'POST', body: bytesBody('hello') }, auth)
        .explanation?.canonicalRequest.split('\n')
        .at(-1)
    expect(last(s3)).toBe('UNSIGNED-PAYLOAD')
    expect(last({ ...s3, service: 'sqs' })).toMatch(/^2cf24dba/)
  })

  test.each([0, -1, 604_801, Number.NaN])('cannot be valid for %d seconds', (seconds) => {
    expect(() => presign({}, s3, seconds)).toThrow(SigningError)
  })

  test('can be valid for a week', () => {
    expect(parametersOf(presign({}, s3, 604_800).query)['X-Amz-Expires']).toBe('604800')
  })
})
