import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  signingContext as anyTime,
  bytesBody,
  headerValues,
  outgoing,
} from '../../../../test/support/outgoing-request.ts'
import { readVectors, requireVectors, vectorPath } from '../../../../test/support/vectors.ts'
import type { AwsSigV4Auth } from '../auth-types.ts'
import { authenticateRequest } from './authenticate-request.ts'
import type { Header, OutgoingRequest } from './request.ts'
import { canonicalHeaders } from './sigv4-headers.ts'
import { payloadHash } from './sigv4-payload.ts'
import { signCanonically } from './sigv4-signature.ts'
import { canonicalQuery, normalizePath, pathOnWire, queryOnWire } from './sigv4-url.ts'

type S3Case = {
  name: string
  method: string
  url: string
  headers: Record<string, string>
  payload: string
  signature: string
  canonical_request: string
  string_to_sign: string
}
type S3Examples = { access_key_id: string; secret_access_key: string; cases: S3Case[] }

const auth: AwsSigV4Auth = {
  kind: 'aws_sigv4',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
}
const context = { ...anyTime, nowMs: Date.parse('2015-08-30T12:36:00Z') }
const SUITE = ['aws-sigv4', 'botocore-aws4_testsuite'] as const
const folder = vectorPath(...SUITE)

describe('the public AWS test suite from botocore', () => {
  test('has 34 cases', (ctx) => {
    requireVectors(ctx, ...SUITE)
    expect(requestFiles()).toHaveLength(34)
  })

  test.each(requestFiles())('%s', (file) => {
    const of = (kind: string) => readFileSync(join(folder ?? '', `${file}.${kind}`), 'utf8')
    const request = readRequest(of('req'))
    // In these cases the session token is added after signing, so the signature does not cover it.
    const sessionToken = /^x-amz-security-token:(.+)$/m.exec(of('creq'))?.[1]
    const signer = { ...auth, sessionToken }
    const signed = isPlain(request.path)
      ? attachCase(signer, request)
      : signAsWritten(signer, request)
    expect(signed).toEqual({
      canonicalRequest: of('creq'),
      stringToSign: of('sts'),
      authorization: of('authz'),
    })
  })
})

describe('the worked examples of the S3 reference', () => {
  test('match', (ctx) => {
    const examples = readVectors<S3Examples>(ctx, 'aws-sigv4', 's3-doc-examples.json')
    const s3 = {
      ...auth,
      service: 's3',
      accessKeyId: examples.access_key_id,
      secretAccessKey: examples.secret_access_key,
    }
    const midnight = { ...anyTime, nowMs: Date.parse('2013-05-24T00:00:00Z') }
    for (const example of examples.cases) {
      const attached = authenticateRequest(s3, readExample(example), midnight)
      expect(attached.explanation).toEqual({
        canonicalRequest: example.canonical_request,
        stringToSign: example.string_to_sign,
      })
      const [authorization] = headerValues(attached, 'Authorization')
      expect(authorization).toMatch(new RegExp(`Signature=${example.signature}$`))
    }
    expect(examples.cases).toHaveLength(4)
  })
})

function requestFiles(): string[] {
  if (folder === undefined) return []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.req')).map((file) => file.slice(0, -'.req'.length))
}

function attachCase(signer: AwsSigV4Auth, request: OutgoingRequest) {
  const attached = authenticateRequest(signer, request, context)
  const [authorization] = headerValues(attached, 'Authorization')
  return { ...attached.explanation, authorization }
}

/**
 * Signs the unencoded paths of the suite, which are encoded only once. Real requests have encoded paths,
 * which services other than S3 encode a second time; this function omits the second encoding.
 */
function signAsWritten(signer: AwsSigV4Auth, request: OutgoingRequest) {
  const headers = [...request.headers, { name: 'X-Amz-Date', value: '20150830T123600Z' }]
  const { credential, signature, explanation } = signCanonically(
    signer,
    {
      method: request.method,
      path: normalizePath(pathOnWire(signer, request.path)),
      query: canonicalQuery(queryOnWire(request.query)),
      headers: canonicalHeaders(headers, request.origin),
      payload: payloadHash({ auth: signer, request, stated: undefined }, context),
      amzDate: '20150830T123600Z',
    },
    context,
  )
  const { names } = canonicalHeaders(headers, request.origin)
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`
  return { ...explanation, authorization }
}

function isPlain(path: string): boolean {
  return pathOnWire(auth, path) === path
}

/** Parses a request of the suite. A header can continue on the next line after white space. */
function readRequest(text: string): OutgoingRequest {
  const [head = '', body = ''] = text.split('\n\n')
  const [start = '', ...lines] = head.trimEnd().replaceAll(/\n\s+/g, ' ').split('\n')
  const target = start.replace(/^\S+ /, '').replace(/ HTTP\/1\.1$/, '')
  const mark = target.indexOf('?')
  const headers = lines.map((line): Header => {
    const colon = line.indexOf(':')
    return { name: line.slice(0, colon), value: line.slice(colon + 1) }
  })
  return outgoing({
    method: start.slice(0, start.indexOf(' ')),
    origin: 'https://example.amazonaws.com',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: headers.filter(({ name }) => !/^(host|x-amz-date)$/i.test(name)),
    ...(body === '' ? {} : { body: bytesBody(body) }),
  })
}

function readExample({ method, url, headers, payload }: S3Case): OutgoingRequest {
  const { origin, pathname, search } = new URL(url)
  return outgoing({
    method,
    origin,
    path: pathname,
    query: search.slice(1),
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    ...(payload === '' ? {} : { body: bytesBody(payload) }),
  })
}
