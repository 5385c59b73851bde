import type { AwsSigV4Auth, Header, OutgoingRequest } from '@keyporter/protocol'
import fc from 'fast-check'
import { anyText } from '../support/any-text.ts'

/** A request to AWS, its credentials and the time of its signature. */
export type AwsCase = {
  readonly auth: AwsSigV4Auth
  readonly request: OutgoingRequest
  readonly nowMs: number
}

const oddSegment = fc.constantFrom('', '.', '..', "it's", '%7e', '(x)', 'a+b', '%2F', '%zz', '*')
const segment = fc.oneof(anyText.map(encodeURIComponent), oddSegment)
const path = fc.array(segment, { maxLength: 6 }).map((all) => `/${all.join('/')}`)

const word = fc.oneof(
  anyText.map(encodeURIComponent),
  fc.constantFrom('', 'a', 'a-b', 'A', 'a+b', '%2f', '/:@'),
)
const pair = fc.tuple(word, fc.option(word, { nil: undefined }))
const writePair = ([name, value]: readonly [string, string | undefined]) =>
  value === undefined ? name : `${name}=${value}`
/** Empty pairs are not sent. */
const query = fc.array(pair, { maxLength: 6 }).map((all) => all.map(writePair).join('&'))

// Of the headers that are excluded from signatures, only those that the other libraries exclude too.
const header: fc.Arbitrary<Header> = fc.record({
  name: fc.constantFrom(
    'Content-Type',
    'Content-MD5',
    'Range',
    'X-Amz-Meta-One',
    'x-amz-meta-one',
    'X-AMZ-ACL',
    'X-Custom',
    'User-Agent',
  ),
  value: fc
    .array(fc.constantFrom('a', 'B', '7', ' ', '  ', '\t', ',', ';', '/', '=', '"', ':'), {
      maxLength: 12,
    })
    .map((all) => all.join('')),
})

const origin = fc.constantFrom(
  'https://examplebucket.s3.amazonaws.com',
  'https://127.0.0.1:8443',
  'http://storage.example:8080',
)
const body = fc.option(
  anyText.map((text) => ({ kind: 'bytes', bytes: Buffer.from(text) }) as const),
  { nil: { kind: 'none' } as const },
)

const auth: fc.Arbitrary<AwsSigV4Auth> = fc.record({
  kind: fc.constant('aws_sigv4'),
  accessKeyId: fc.constantFrom('AKIDEXAMPLE', 'test:tester'),
  secretAccessKey: anyText.filter((text) => text !== ''),
  sessionToken: fc.option(fc.base64String({ minLength: 1 }), { nil: undefined }),
  region: fc.constantFrom('us-east-1', 'eu-central-1'),
  service: fc.constantFrom('s3', 'execute-api', 'iam'),
})

/** Requests with unnormalized paths, repeated names, S3 and other services, with and without a body. */
export const awsCase: fc.Arbitrary<AwsCase> = fc
  .record({
    auth,
    request: fc.record({
      method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
      origin,
      path,
      query,
      headers: fc.array(header, { maxLength: 5 }),
      body,
    }),
    nowMs: fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2099, 0) }),
    isStreamed: fc.boolean(),
  })
  .map(({ isStreamed, ...rest }) => (isStreamed ? withStream(rest) : rest))

/** Streams the body if the signature permits an unsigned payload: only for S3 over HTTPS. */
function withStream(one: AwsCase): AwsCase {
  const isPossible = one.auth.service === 's3' && one.request.origin.startsWith('https:')
  return isPossible ? { ...one, request: { ...one.request, body: { kind: 'stream' } } } : one
}

/** URLs to presign: without headers or a body, and with unique query names. */
export const awsAddress: fc.Arbitrary<AwsCase & { readonly expiresInSeconds: number }> = fc
  .record({
    base: awsCase,
    pairs: fc.uniqueArray(pair, {
      selector: ([name]) => decodeURIComponent(name.replaceAll('+', ' ')),
      maxLength: 4,
    }),
    expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
  })
  .map(({ base, pairs, expiresInSeconds }) => ({
    ...base,
    request: {
      ...base.request,
      method: 'GET',
      query: pairs.map(writePair).join('&'),
      headers: [],
      body: { kind: 'none' },
    },
    expiresInSeconds,
  }))
