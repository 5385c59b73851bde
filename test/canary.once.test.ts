import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { basic, type Pair } from './support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from './support/server-process.ts'
import { totpCode } from './support/totp.ts'

// Secrets never appear in database files, log lines or error responses.

const directory = newDirectory()
const admin = { email: 'ada@example.com', password: 'canary pass phrase 7f3c' }
const wrongSecret = 'canary-guess-9b1d-of-a-secret'
const secrets = new Map<string, string>([
  ['password', admin.password],
  ['wrong secret', wrongSecret],
])
const bodies: string[] = []
let server: ServerProcess
let manager: Pair

beforeAll(async () => {
  server = await startServerProcess({
    ...firstStartEnv(directory),
    KEYPORTER_INIT_ADMIN_EMAIL: admin.email,
    KEYPORTER_INIT_ADMIN_PASSWORD: admin.password,
    KEYPORTER_LOG_LEVEL: 'debug',
  })
  manager = readManager(directory)
  secrets.set('manager', manager.clientSecret)
})
afterAll(() => server.end('SIGKILL'))

it('no secret appears in output, responses or database files after successful and failed requests', async () => {
  const issued = await sendValidRequests()
  await sendInvalidRequests(issued)
  // Usage is flushed once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const files = readdirSync(join(directory, 'data')).filter((name) => name !== 'root.key')
  expect(files).toContain('keyporter.sqlite-wal')
  const outputs = new Map<string, Buffer>([
    ['output', Buffer.from(server.output())],
    ['responses', Buffer.from(bodies.join('\n'))],
    ['command line', readFileSync(`/proc/${server.child.pid}/cmdline`)],
    ...files.map((name) => [name, readFileSync(join(directory, 'data', name))] as const),
  ])
  expect(server.output().length).toBeGreaterThan(1_000)
  const found = [...outputs].flatMap(([place, bytes]) =>
    [...secrets].flatMap(([name, secret]) =>
      encodings(secret)
        .filter((encoding) => bytes.includes(encoding))
        .map((_, index) => `${name} in ${place}, encoding ${index}`),
    ),
  )
  expect(found).toEqual([])
})

it('the search finds a secret in a file that contains one', () => {
  const file = readFileSync(join(directory, 'manager.json'))
  expect(encodings(manager.clientSecret).some((encoding) => file.includes(encoding))).toBe(true)
})

/** Sends valid requests, and records every response except those that must contain a secret. */
async function sendValidRequests(): Promise<Pair & { readonly id: string }> {
  const { data } = await (await send('GET', '/v1/apis?slug=keyporter')).json()
  const body = { name: 'Canary', apiId: data[0].id, permissions: ['API_READ'] }
  const issued = await (
    await send('POST', '/v1/credentials', body, { 'idempotency-key': 'canary-1' })
  ).json()
  secrets.set('issued', issued.clientSecret)
  await record(send('POST', '/v1/credentials', body, { 'idempotency-key': 'canary-1' }))
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const { access_token: token } = await (
    await send('POST', '/oauth/token', form, { authorization: basic(issued) })
  ).json()
  secrets.set('token', token)
  for (const authorization of [basic(issued), `Bearer ${issued.clientSecret}`, `Bearer ${token}`]) {
    await record(send('POST', '/v1/verify', { authorization, permissions: ['API_READ'] }))
    await record(send('GET', '/v1/apis', undefined, { authorization }))
  }
  await record(send('POST', '/oauth/introspect', new URLSearchParams({ token })))
  const session = await send('POST', '/v1/sessions', admin)
  secrets.set(
    'session',
    /keyporter=([^;]+)/.exec(session.headers.get('set-cookie') ?? '')?.[1] ?? '',
  )
  expect(secrets.get('session')?.length).toBeGreaterThan(20)
  await enableCodes(secrets.get('session') ?? '')
  const member = { email: 'bob@example.com', name: 'Bob', privileges: [] }
  const invited = await (await send('POST', '/v1/members', member)).json()
  secrets.set('invitation', new URL(invited.invitation.url).hash.replace('#code=', ''))
  for (const path of [
    '/v1/credentials',
    `/v1/credentials/${issued.id}`,
    '/v1/members',
    '/v1/audit-events',
    '/v1/session',
  ]) {
    await record(send('GET', path))
  }
  await record(send('GET', '/v1/audit-events', undefined, { accept: 'text/csv' }))
  return issued
}

/** Enables one-time codes for the administrator; only this response contains their secret and the recovery codes. */
async function enableCodes(token: string): Promise<void> {
  const headers = { cookie: `keyporter=${token}` }
  const begin = { currentPassword: admin.password }
  const { secret } = await (await send('POST', '/v1/session/totp', begin, headers)).json()
  const body = { code: totpCode(secret, Date.now()) }
  const confirmed = await send('POST', '/v1/session/totp/confirm', body, headers)
  const { recoveryCodes } = await confirmed.json()
  secrets.set('totp', secret)
  for (const [index, code] of recoveryCodes.entries()) secrets.set(`recovery ${index}`, code)
  await record(send('POST', '/v1/sessions', { ...admin, totpCode: wrongSecret }))
  expect(
    (await send('POST', '/v1/sessions', { ...admin, totpCode: recoveryCodes[0] })).status,
  ).toBe(201)
}

/** Sends invalid requests with a secret in every part that an error might repeat. */
async function sendInvalidRequests(issued: Pair & { readonly id: string }): Promise<void> {
  const { clientSecret } = issued
  const wrong = { clientId: issued.clientId, clientSecret: wrongSecret }
  await record(send('POST', '/v1/verify', wrong))
  await record(send('GET', '/v1/apis', undefined, { authorization: basic(wrong) }))
  await record(send('POST', '/v1/sessions', { ...admin, password: wrongSecret }))
  await record(send('POST', '/v1/credentials', `{"name":"${clientSecret}`))
  await record(send('POST', '/v1/credentials', { [clientSecret]: 1 }))
  await record(send('POST', '/v1/credentials', { name: 1, permissions: [clientSecret] }))
  await record(send('GET', `/v1/credentials?q=1&secret=${clientSecret}`))
  await record(send('GET', `/v1/credentials/${clientSecret}`))
  await record(send('GET', `/oauth/token?client_secret=${clientSecret}`))
  await record(
    send(
      'POST',
      '/oauth/token',
      new URLSearchParams({ client_secret: clientSecret, scope: wrongSecret }),
    ),
  )
  await record(send('POST', `/${clientSecret}`, {}))
}

async function record(response: Promise<Response>): Promise<void> {
  bodies.push(await (await response).text())
}

function send(
  method: string,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const isForm = body instanceof URLSearchParams
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  const text = typeof body === 'string' || isForm ? body.toString() : JSON.stringify(body)
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...('cookie' in headers ? {} : { authorization: basic(manager) }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: text }),
  })
}

/** Returns the encodings of a secret: plain, base64 at each of three offsets, hex, percent-encoded, reversed, UTF-16. */
function encodings(secret: string): (string | Buffer)[] {
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
      .replace(/.{0,4}$/, ''),
  )
  return [
    secret,
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
    [...secret].toReversed().join(''),
    Buffer.from(secret, 'utf16le'),
  ]
}
