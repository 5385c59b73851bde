import type { AwsSigV4Auth, Header, OutgoingRequest } from '@keyporter/protocol'
import fc from 'fast-check'
import { anyText } from '../support/any-text.ts'

/** A request for AWS, who signs it, and when. */
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
/** An empty pair says nothing, and is not sent. */
const query = fc.array(pair, { maxLength: 6 }).map((all) => all.map(writePair).join('&'))

// Of what nobody signs, only what no oracle does.
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

/** Requests of every kind: loose spellings, dots and slashes, repeated names, S3 and others, with a body or none. */
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
    passesBy: fc.boolean(),
  })
  .map(({ passesBy, ...made }) => (passesBy ? withStream(made) : made))

/** To S3 over https, and nowhere else, a body may go that nobody has seen. */
function withStream(made: AwsCase): AwsCase {
  const isPossible = made.auth.service === 's3' && made.request.origin.startsWith('https:')
  return isPossible ? { ...made, request: { ...made.request, body: { kind: 'stream' } } } : made
}

/** Addresses to be presigned: no headers, no body, and each name of the query but once. */
export const awsAddress: fc.Arbitrary<AwsCase & { readonly expiresInSeconds: number }> = fc
  .record({
    made: awsCase,
    pairs: fc.uniqueArray(pair, {
      selector: ([name]) => decodeURIComponent(name.replaceAll('+', ' ')),
      maxLength: 4,
    }),
    expiresInSeconds: fc.integer({ min: 1, max: 604_800 }),
  })
  .map(({ made, pairs, expiresInSeconds }) => ({
    ...made,
    request: {
      ...made.request,
      method: 'GET',
      query: pairs.map(writePair).join('&'),
      headers: [],
      body: { kind: 'none' },
    },
    expiresInSeconds,
  }))
