import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  bytesBody,
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { acquia, acquiaRecipe } from './acquia.ts'
import type { Header } from './request.ts'
import { signByRecipe } from './sign-by-recipe.ts'

const PIPET = {
  origin: 'https://example.acquiapipet.net',
  realm: 'Pipet service',
  clientId: 'efdde334-fe7b-11e4-a322-1697f925ec7b',
  clientSecret: 'W5PeGMxSItNerkNFqQMfYiJvH14WzVJMy54CPoTAYoI=',
  nonce: 'd1954337-5319-4821-8427-115542e08d10',
  seconds: 1_432_075_982,
}
const CI_STORE = {
  origin: 'https://example.pipeline.io',
  realm: 'CIStore',
  clientId: 'e7fe97fa-a0c8-4a42-ab8e-2c26d52df059',
  clientSecret: 'bXlzZWNyZXRzZWNyZXR0aGluZ3Rva2VlcA==',
  nonce: 'a9938d07-d9f0-480c-b007-f1e956bcd027',
  seconds: 1_432_075_982,
}
const SIGNERS = [
  { name: 'X-Custom-Signer1', value: 'custom-1' },
  { name: 'X-Custom-Signer2', value: 'custom-2' },
]

type Example = typeof PIPET & {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly query?: string
  readonly headers?: readonly Header[]
  readonly body?: string
  readonly contentHash?: string
  readonly message: string
  readonly signature: string
}

// The published examples of version 2.0, github.com/acquia/http-hmac-spec, fixtures.json.
const examples: readonly Example[] = [
  {
    ...PIPET,
    name: 'GET 1',
    method: 'GET',
    path: '/v1.0/task-status/133',
    query: 'limit=10',
    message: `GET
example.acquiapipet.net
/v1.0/task-status/133
limit=10
id=efdde334-fe7b-11e4-a322-1697f925ec7b&nonce=d1954337-5319-4821-8427-115542e08d10&realm=Pipet%20service&version=2.0
1432075982`,
    signature: 'MRlPr/Z1WQY2sMthcaEqETRMw4gPYXlPcTpaLWS2gcc=',
  },
  {
    ...PIPET,
    name: 'GET 2',
    method: 'GET',
    path: '/v1.0/task-status/145',
    query: 'limit=1',
    clientId: '615d6517-1cea-4aa3-b48e-96d83c16c4dd',
    clientSecret: 'TXkgU2VjcmV0IEtleSBUaGF0IGlzIFZlcnkgU2VjdXJl',
    nonce: '24c0c836-4f6c-4ed6-a6b0-e091d75ea19d',
    message: `GET
example.acquiapipet.net
/v1.0/task-status/145
limit=1
id=615d6517-1cea-4aa3-b48e-96d83c16c4dd&nonce=24c0c836-4f6c-4ed6-a6b0-e091d75ea19d&realm=Pipet%20service&version=2.0
1432075982`,
    signature: '1Ku5UroiW1knVP6GH4l7Z4IuQSRxZO2gp/e5yhapv1s=',
  },
  {
    ...CI_STORE,
    name: 'GET 3',
    method: 'GET',
    path: '/api/v1/ci/pipelines',
    headers: SIGNERS,
    message: `GET
example.pipeline.io
/api/v1/ci/pipelines

id=e7fe97fa-a0c8-4a42-ab8e-2c26d52df059&nonce=a9938d07-d9f0-480c-b007-f1e956bcd027&realm=CIStore&version=2.0
x-custom-signer1:custom-1
x-custom-signer2:custom-2
1432075982`,
    signature: 'yoHiYvx79ssSDIu3+OldpbFs8RsjrMXgRoM89d5t+zA=',
  },
  {
    ...PIPET,
    name: 'POST 1',
    method: 'POST',
    path: '/v1.0/task',
    body: '{"method":"hi.bob","params":["5","4","8"]}',
    contentHash: '6paRNxUA7WawFxJpRp4cEixDjHq3jfIKX072k9slalo=',
    message: `POST
example.acquiapipet.net
/v1.0/task

id=efdde334-fe7b-11e4-a322-1697f925ec7b&nonce=d1954337-5319-4821-8427-115542e08d10&realm=Pipet%20service&version=2.0
1432075982
application/json
6paRNxUA7WawFxJpRp4cEixDjHq3jfIKX072k9slalo=`,
    signature: 'XDBaXgWFCY3aAgQvXyGXMbw9Vds2WPKJe2yP+1eXQgM=',
  },
  {
    ...CI_STORE,
    name: 'POST 2',
    method: 'POST',
    path: '/api/v1/ci/pipelines/39b5d58d-0a8f-437d-8dd6-4da50dcc87b7/start',
    headers: SIGNERS,
    seconds: 1_449_578_521,
    body: '{"cloud_endpoint":"https://cloudapi.acquia.com/v1","cloud_user":"example@acquia.com","cloud_pass":"password","branch":"validate"}',
    contentHash: '2YGTI4rcSnOEfd7hRwJzQ2OuJYqAf7jzyIdcBXCGreQ=',
    message: `POST
example.pipeline.io
/api/v1/ci/pipelines/39b5d58d-0a8f-437d-8dd6-4da50dcc87b7/start

id=e7fe97fa-a0c8-4a42-ab8e-2c26d52df059&nonce=a9938d07-d9f0-480c-b007-f1e956bcd027&realm=CIStore&version=2.0
x-custom-signer1:custom-1
x-custom-signer2:custom-2
1449578521
application/json
2YGTI4rcSnOEfd7hRwJzQ2OuJYqAf7jzyIdcBXCGreQ=`,
    signature: '0duvqeMauat7pTULg3EgcSmBjrorrcRkGKxRDtZEa1c=',
  },
]

const auth = {
  kind: 'hmac_sha256',
  scheme: 'acquia',
  clientId: PIPET.clientId,
  clientSecret: PIPET.clientSecret,
} as const
const uuidAround = { ...signingContext, nonce: () => PIPET.nonce }

describe('HTTP HMAC 2.0, the published examples', () => {
  test.each(examples)('$name matches the published signature', (example) => {
    const { method, origin, path, query = '', headers = [], body } = example
    const request = outgoing({
      method,
      origin,
      path,
      query,
      headers: [...headers, { name: 'Content-Type', value: 'application/json' }],
      body: body === undefined ? { kind: 'none' } : bytesBody(body),
    })
    const names = headers.map(({ name }) => name)
    const recipe = acquiaRecipe({
      realm: example.realm,
      signedHeaders: names,
      hasBody: body !== undefined,
    })
    const { clientId, clientSecret } = example
    const signing = { recipe, clientId, auth: { ...auth, clientId, clientSecret } }
    const sent = signByRecipe(signing, request, {
      ...signingContext,
      nowMs: example.seconds * 1000,
      nonce: () => example.nonce,
    })

    expect(sent.explanation?.stringToSign).toBe(example.message)
    const extra = names.length === 0 ? '' : `headers="${names.join('%3B')}",`
    expect(headerValues(sent, 'Authorization')).toEqual([
      `acquia-http-hmac ${extra}id="${example.clientId}",nonce="${example.nonce}",realm="${encodeURIComponent(example.realm)}",signature="${example.signature}",version="2.0"`,
    ])
    expect(headerValues(sent, 'X-Authorization-Timestamp')).toEqual([String(example.seconds)])
    expect(headerValues(sent, 'X-Authorization-Content-SHA256')).toEqual(
      example.contentHash === undefined ? [] : [example.contentHash],
    )
  })
})

describe('the scheme', () => {
  test('uses the realm Acquia', () => {
    const sent = acquia.authenticate(auth, outgoing({ query: 'a=1' }), uuidAround)
    const message = `GET\napi.example.com\n/things\na=1\nid=${PIPET.clientId}&nonce=${PIPET.nonce}&realm=Acquia&version=2.0\n1700000000`
    const key = Buffer.from(PIPET.clientSecret, 'base64')
    const signature = createHmac('sha256', key).update(message).digest('base64')
    expect(headerValues(sent, 'Authorization')).toEqual([
      `acquia-http-hmac id="${PIPET.clientId}",nonce="${PIPET.nonce}",realm="Acquia",signature="${signature}",version="2.0"`,
    ])
  })

  test('signs the content type in lowercase, and sends it unchanged', () => {
    const headers = [{ name: 'content-type', value: 'Multipart/Form-Data; boundary=AbC' }]
    const request = outgoing({ method: 'POST', headers, body: bytesBody('x') })
    const sent = acquia.authenticate(auth, request, uuidAround)
    expect(sent.explanation?.stringToSign).toContain('\nmultipart/form-data; boundary=abc\n')
    expect(sent.headers).toContainEqual(headers[0])
  })

  test('percent-encodes the client ID in the signed text and the header', () => {
    const sent = acquia.authenticate({ ...auth, clientId: 'a b&"c"' }, outgoing(), uuidAround)
    expect(sent.explanation?.stringToSign).toContain('\nid=a%20b%26%22c%22&nonce=')
    expect(headerValues(sent, 'Authorization')[0]).toContain('id="a%20b%26%22c%22",')
  })

  test('converts every nonce to a different version 4 UUID', () => {
    const uuidOf = (nonce: string) => {
      const sent = acquia.authenticate(auth, outgoing(), { ...signingContext, nonce: () => nonce })
      return /nonce="([^"]+)"/.exec(headerValues(sent, 'Authorization')[0] ?? '')?.[1]
    }
    const uuids = ['one', 'two', 'three'].map(uuidOf)
    expect(new Set(uuids).size).toBe(3)
    for (const uuid of uuids) {
      expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    }
  })
})
