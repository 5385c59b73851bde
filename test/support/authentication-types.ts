import { createHash, createHmac, createPrivateKey, createPublicKey, verify } from 'node:crypto'
import type { Received } from './upstream.ts'

const SECRET = 'S3cr3t/of+the=other&side "é"'
const TOKEN = 'tok_4eC39HqLyjWDarjtT1zdp7dc'
const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

/** The key `test-key-ed25519` of RFC 9421 appendix B.1.4. */
const ED25519 = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU',
  x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
}
const ED25519_JWK = JSON.stringify(ED25519)

/** An authentication type: its fields, and the check that an upstream makes of a request. */
export type AuthenticationType = {
  readonly settings?: object
  readonly values: object
  /** Reports whether the upstream accepts the request. */
  readonly isAuthentic: (received: Received) => boolean
  readonly secrets: readonly string[]
}

const header = ({ headers }: Received, name: string) => headers[name]?.join(', ') ?? ''
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex')

/** One row for each authentication type without a token endpoint, and for each variant. */
export const authenticationTypes = {
  none: {
    values: {},
    isAuthentic: ({ headers }) => headers['authorization'] === undefined,
    secrets: [],
  },
  basic: {
    settings: { username: 'ada' },
    values: { password: SECRET },
    isAuthentic: (received) =>
      header(received, 'authorization') ===
      `Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`,
    secrets: [SECRET],
  },
  bearer: {
    values: { token: TOKEN },
    isAuthentic: (received) => header(received, 'authorization') === `Bearer ${TOKEN}`,
    secrets: [TOKEN],
  },
  'bearer in another header': {
    settings: { prefix: 'Token', header: 'X-Auth' },
    values: { token: TOKEN },
    isAuthentic: (received) => header(received, 'x-auth') === `Token ${TOKEN}`,
    secrets: [TOKEN],
  },
  'api_key in a header': {
    settings: { name: 'X-Api-Key', in: 'header' },
    values: { value: TOKEN },
    isAuthentic: (received) => header(received, 'x-api-key') === TOKEN,
    secrets: [TOKEN],
  },
  'api_key in the query': {
    settings: { name: 'key', in: 'query' },
    values: { value: 'a/b+c d&e=f' },
    isAuthentic: ({ url }) =>
      url === '/v1/things%2F1?q=1&key=a%2Fb%2Bc%20d%26e%3Df' &&
      new URL(url, 'http://upstream.example').searchParams.get('key') === 'a/b+c d&e=f',
    secrets: ['a/b+c d&e=f', 'a%2Fb%2Bc%20d%26e%3Df'],
  },
  'api_key in a cookie': {
    settings: { name: 'sid', in: 'cookie' },
    values: { value: TOKEN },
    isAuthentic: (received) => header(received, 'cookie') === `sid=${TOKEN}`,
    secrets: [TOKEN],
  },
  headers: {
    values: {
      entries: [
        { name: 'X-Id', value: 'identity-1' },
        { name: 'X-Secret', value: TOKEN },
      ],
    },
    isAuthentic: (received) =>
      header(received, 'x-id') === 'identity-1' && header(received, 'x-secret') === TOKEN,
    secrets: [TOKEN, 'identity-1'],
  },
  aws_sigv4: {
    settings: { accessKeyId: 'AKIDEXAMPLE', region: 'eu-central-1', service: 'execute-api' },
    values: { secretAccessKey: KEY, sessionToken: TOKEN },
    isAuthentic: verifyAws,
    secrets: [KEY, TOKEN],
  },
  'hmac_sha256, simple': {
    settings: { clientId: 'client-1', scheme: 'simple' },
    values: { clientSecret: KEY },
    isAuthentic: (received) => {
      const time = header(received, 'x-timestamp')
      const text = `${time}.${received.method}.${received.url}.${received.body.toString()}`
      return (
        header(received, 'x-client-id') === 'client-1' &&
        header(received, 'x-signature') === hmac(KEY, text)
      )
    },
    secrets: [KEY],
  },
  'hmac_sha256, stripe': {
    settings: { clientId: 'client-1', scheme: 'stripe' },
    values: { clientSecret: KEY },
    isAuthentic: (received) => {
      const [, time = '', signature] =
        /^t=(\d+),v1=([0-9a-f]+)$/.exec(header(received, 'stripe-signature')) ?? []
      return signature === hmac(KEY, `${time}.${received.body.toString()}`)
    },
    secrets: [KEY],
  },
  oauth1: {
    settings: { consumerKey: 'consumer-1', accessToken: 'token-1', realm: 'Things' },
    values: { consumerSecret: KEY, accessTokenSecret: TOKEN },
    isAuthentic: verifyOAuth1,
    secrets: [KEY, TOKEN],
  },
  'oauth1, plaintext': {
    settings: { consumerKey: 'consumer-1', accessToken: 'token-1', signatureMethod: 'PLAINTEXT' },
    values: { consumerSecret: KEY, accessTokenSecret: TOKEN },
    isAuthentic: (received) =>
      oauthParameters(received).get('oauth_signature') === `${encodeURIComponent(KEY)}&${TOKEN}`,
    secrets: [KEY, TOKEN, encodeURIComponent(KEY)],
  },
  http_signature_ed25519: {
    settings: { keyId: 'key-1', signatureAgent: 'https://bot.example.com' },
    values: { privateKey: ED25519_JWK },
    isAuthentic: verifyEd25519,
    secrets: [ED25519_JWK, ED25519.d],
  },
} satisfies Readonly<Record<string, AuthenticationType>>

/** Builds the base string as RFC 5849 §3.4.1 says, for a query without special characters. */
function verifyOAuth1(received: Received): boolean {
  const { method, url } = received
  const parameters = oauthParameters(received)
  const [path = '', query = ''] = url.split('?')
  const pairs = [...parameters].filter(([name]) => name !== 'oauth_signature')
  const own = pairs.map(([name, value]) => `${name}=${value}`)
  const signed = [...(query === '' ? [] : [query]), ...own].toSorted().join('&')
  const origin = `http://${header(received, 'host')}`
  const base = [method, `${origin}${path}`, signed].map(encodeURIComponent).join('&')
  const mac = createHmac('sha256', `${encodeURIComponent(KEY)}&${TOKEN}`).update(base)
  const isWhole = parameters.get('oauth_token') === 'token-1' && parameters.size === 7
  return isWhole && parameters.get('oauth_signature') === mac.digest('base64')
}

function oauthParameters(received: Received): ReadonlyMap<string, string> {
  const found = header(received, 'authorization').matchAll(/(oauth_\w+)="([^"]*)"/g)
  return new Map([...found].map(([, name = '', value = '']) => [name, decodeURIComponent(value)]))
}

/** Checks the signature, and that it covers the body and the signature agent. */
function verifyEd25519(received: Received): boolean {
  const input = header(received, 'signature-input')
  const [, parameters = '', components = ''] = /^sig=(\((.+?)\);.+)$/.exec(input) ?? []
  const [, signature = ''] = /^sig=:(.+):$/.exec(header(received, 'signature')) ?? []
  const names = components.split(' ')
  const digest = `sha-256=:${createHash('sha256').update(received.body).digest('base64')}:`
  const isBodyCovered =
    names.includes('"content-digest"') && header(received, 'content-digest') === digest
  const isBot =
    parameters.endsWith(';tag="web-bot-auth"') && names.includes('"signature-agent";key="sig"')
  const data = Buffer.from(`${signedLines(names, received)}"@signature-params": ${parameters}`)
  const key = createPublicKey(createPrivateKey({ key: ED25519, format: 'jwk' }))
  const isAuthentic = verify(null, data, key, Buffer.from(signature, 'base64'))
  return isAuthentic && isBot && (received.body.length === 0 || isBodyCovered)
}

/** Builds the lines of the signature base as RFC 9421 §2.5 says. */
function signedLines(names: readonly string[], received: Received): string {
  const [path = '', query = ''] = received.url.split('?')
  const values: Readonly<Record<string, string>> = {
    '"@method"': received.method,
    '"@authority"': header(received, 'host'),
    '"@path"': path,
    '"@query"': `?${query}`,
    '"content-digest"': header(received, 'content-digest'),
    '"signature-agent";key="sig"': header(received, 'signature-agent').replace('sig=', ''),
  }
  return names.map((name) => `${name}: ${values[name]}\n`).join('')
}

/** Signs the received request as AWS's guide says, and compares the signatures. */
function verifyAws({ method, url, headers, body }: Received): boolean {
  const [authorization = ''] = headers['authorization'] ?? []
  const [, day = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      authorization,
    ) ?? []
  const [path = '', query = ''] = url.split('?')
  const canonical = [
    method,
    path.split('/').map(encodeURIComponent).join('/'),
    query,
    ...names.split(';').map((name) => `${name}:${headers[name]?.join(',')}`),
    '',
    names,
    sha256(body),
  ].join('\n')
  const scope = `${day}/eu-central-1/execute-api/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = scope
    .split('/')
    .reduce<Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      Buffer.from(`AWS4${KEY}`),
    )
  const signsRequiredHeaders = ['host', 'x-amz-date', 'x-amz-security-token'].every((name) =>
    names.split(';').includes(name),
  )
  return (
    signsRequiredHeaders && createHmac('sha256', key).update(toSign).digest('hex') === signature
  )
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
