import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createIntegration, putConnection } from '../support/integrations.ts'
import { callThrough } from '../support/proxy.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'
import { type Received, startUpstream, type Upstream } from '../support/upstream.ts'

// D8, from the management API to a server that verifies: each way of signing in, and nothing of it comes back.

let upstream: Upstream
let server: TestServer

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
})
afterAll(async () => {
  await server.close()
  await upstream.close()
})
beforeEach(() => void upstream.received.splice(0))

const SECRET = 'S3cr3t/of+the=other&side "é"'
const TOKEN = 'tok_4eC39HqLyjWDarjtT1zdp7dc'
const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

type Kind = {
  readonly settings?: object
  readonly values: object
  /** Whether the server lets the request in. */
  readonly verify: (received: Received) => boolean
  readonly secrets: readonly string[]
}

const header = ({ headers }: Received, name: string) => headers[name]?.join(', ') ?? ''
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex')

const kinds: Readonly<Record<string, Kind>> = {
  none: {
    values: {},
    verify: ({ headers }) => headers['authorization'] === undefined,
    secrets: [],
  },
  basic: {
    settings: { username: 'ada' },
    values: { password: SECRET },
    verify: (received) =>
      header(received, 'authorization') ===
      `Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`,
    secrets: [SECRET],
  },
  bearer: {
    values: { token: TOKEN },
    verify: (received) => header(received, 'authorization') === `Bearer ${TOKEN}`,
    secrets: [TOKEN],
  },
  'bearer, elsewhere': {
    settings: { prefix: 'Token', header: 'X-Auth' },
    values: { token: TOKEN },
    verify: (received) => header(received, 'x-auth') === `Token ${TOKEN}`,
    secrets: [TOKEN],
  },
  'api_key in a header': {
    settings: { name: 'X-Api-Key', in: 'header' },
    values: { value: TOKEN },
    verify: (received) => header(received, 'x-api-key') === TOKEN,
    secrets: [TOKEN],
  },
  'api_key in the query': {
    settings: { name: 'key', in: 'query' },
    values: { value: 'a/b+c d&e=f' },
    verify: ({ url }) =>
      url === '/v1/things%2F1?q=1&key=a%2Fb%2Bc%20d%26e%3Df' &&
      new URL(url, upstream.origin).searchParams.get('key') === 'a/b+c d&e=f',
    secrets: ['a/b+c d&e=f', 'a%2Fb%2Bc%20d%26e%3Df'],
  },
  'api_key in a cookie': {
    settings: { name: 'sid', in: 'cookie' },
    values: { value: TOKEN },
    verify: (received) => header(received, 'cookie') === `sid=${TOKEN}`,
    secrets: [TOKEN],
  },
  headers: {
    values: {
      entries: [
        { name: 'X-Id', value: 'identity-1' },
        { name: 'X-Secret', value: TOKEN },
      ],
    },
    verify: (received) =>
      header(received, 'x-id') === 'identity-1' && header(received, 'x-secret') === TOKEN,
    secrets: [TOKEN, 'identity-1'],
  },
  aws_sigv4: {
    settings: { accessKeyId: 'AKIDEXAMPLE', region: 'eu-central-1', service: 'execute-api' },
    values: { secretAccessKey: KEY, sessionToken: TOKEN },
    verify: verifyAws,
    secrets: [KEY, TOKEN],
  },
  'hmac_sha256, simple': {
    settings: { clientId: 'client-1', scheme: 'simple' },
    values: { clientSecret: KEY },
    verify: (received) => {
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
    verify: (received) => {
      const [, time = '', signature] =
        /^t=(\d+),v1=([0-9a-f]+)$/.exec(header(received, 'stripe-signature')) ?? []
      return signature === hmac(KEY, `${time}.${received.body.toString()}`)
    },
    secrets: [KEY],
  },
}

/** Signs what came as AWS's guide says, and compares. */
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
  const isWhole = ['host', 'x-amz-date', 'x-amz-security-token'].every((name) =>
    names.split(';').includes(name),
  )
  return isWhole && createHmac('sha256', key).update(toSign).digest('hex') === signature
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

async function connect(kind: string, { settings = {}, values }: Kind): Promise<string> {
  const auth = { kind: kind.replace(/[ ,].*$/, ''), ...settings }
  const { id } = await createIntegration(server, { baseUrl: `${upstream.origin}/v1`, auth })
  if (kind !== 'none') await putConnection(server, { id }, { auth: { kind: auth.kind, ...values } })
  return id
}

const call = (id: string, method: string, body?: string) =>
  callThrough(`${server.url}/proxy/${id}`, '/things%2F1?q=1', {
    method,
    headers: ['Authorization', basic(server.manager), 'X-Api-Key', 'of-the-caller'],
    ...(body === undefined ? {} : { body }),
  })

describe('does', () => {
  it.each(Object.entries(kinds))('%s: the other side lets the call in', async (name, kind) => {
    const id = await connect(name, kind)
    for (const [method, body] of [['GET'], ['POST', '{"a":1}'], ['DELETE', '']] as const) {
      upstream.received.splice(0)
      const { status } = await call(id, method, body)
      const [received] = upstream.received
      expect([status, upstream.received.length]).toEqual([200, 1])
      expect(received?.url.startsWith('/v1/things%2F1?q=1')).toBe(true)
      expect(received !== undefined && kind.verify(received)).toBe(true)
      expect(received?.body.toString()).toBe(body ?? '')
    }
  })
})

describe('refuses', () => {
  const echoes = Object.entries({
    'as it stands': (text: string) => text,
    'in JSON': (text: string) => JSON.stringify(text),
    'in an address': (text: string) => encodeURIComponent(text),
    'in base64': (text: string) => Buffer.from(text).toString('base64'),
    'in hexadecimal': (text: string) => Buffer.from(text).toString('hex'),
  })

  it.each(Object.entries(kinds))(
    '%s: to give the secret to the caller when the other side echoes it, in any coding',
    async (name, kind) => {
      const id = await connect(name, kind)
      for (const [coding, code] of echoes) {
        upstream.answerWith((response, { url, headers, body }) => {
          const seen = [
            url,
            ...Object.entries(headers).map(([key, all]) => `${key}: ${all.join()}`),
          ]
          const values = Object.values(headers).flat()
          const text = [...values.map(code), code(`${seen.join('\n')}${body.toString()}`)].join(
            '\n',
          )
          const printable =
            coding === 'as it stands' || coding === 'in JSON' ? values[0] : code(url)
          response.writeHead(302, {
            'content-type': 'text/plain',
            location: `https://elsewhere.example/?back=${encodeURIComponent(url)}`,
            'x-echo': printable,
          })
          // Cut where it hurts: in the middle.
          response.write(text.slice(0, text.length / 2))
          setTimeout(() => response.end(text.slice(text.length / 2)), 1)
        })
        const { status, headers, text } = await call(id, 'POST', '{}')
        const seen = `${JSON.stringify(headers)}\n${text}`
        expect([coding, status]).toEqual([coding, 302])
        for (const secret of kind.secrets)
          for (const [, recode] of echoes)
            expect([coding, seen.includes(recode(secret))]).toEqual([coding, false])
        // RFC 7617: user name and password are one text there.
        if (name === 'basic')
          expect(seen).not.toContain(Buffer.from(`ada:${SECRET}`).toString('base64').slice(0, 24))
      }
    },
  )

  it('to let a secret into log, audit, or anything that is shown', async () => {
    const audit = await server.ask('GET', '/v1/audit-events?limit=100')
    const shown = await server.ask('GET', '/v1/integrations?limit=100')
    const text = [...server.logLines, audit.text, shown.text].join('\n')
    for (const { secrets } of Object.values(kinds))
      for (const secret of secrets.filter((each) => each !== 'identity-1'))
        for (const [, code] of echoes) expect(text).not.toContain(code(secret))
  })
})
