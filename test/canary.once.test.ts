import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  firstStart,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from './support/process.ts'
import { basic, type Pair } from './support/server.ts'
import { totpCode } from './support/totp.ts'

// L01: the secrets of a run are nowhere but where they belong: not on the disk, in no log line, no error.

const directory = newDirectory()
const admin = { email: 'ada@example.com', password: 'canary pass phrase 7f3c' }
const guessed = 'canary-guess-9b1d-of-a-secret'
const secrets = new Map<string, string>([
  ['password', admin.password],
  ['guess', guessed],
])
const bodies: string[] = []
let server: ServerProcess
let manager: Pair

beforeAll(async () => {
  server = await startServerProcess({
    ...firstStart(directory),
    KEYPORTER_INIT_ADMIN_EMAIL: admin.email,
    KEYPORTER_INIT_ADMIN_PASSWORD: admin.password,
    KEYPORTER_LOG_LEVEL: 'debug',
  })
  manager = readManager(directory)
  secrets.set('manager', manager.clientSecret)
})
afterAll(() => server.end('SIGKILL'))

it('after a run with every kind of use and of failure, no secret of it can be found', async () => {
  const issued = await use()
  await fail(issued)
  // Usage is written once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const files = readdirSync(join(directory, 'data')).filter((name) => name !== 'root.key')
  expect(files).toContain('keyporter.sqlite-wal')
  const whole = new Map<string, Buffer>([
    ['output', Buffer.from(server.output())],
    ['answers', Buffer.from(bodies.join('\n'))],
    ['command line', readFileSync(`/proc/${server.child.pid}/cmdline`)],
    ...files.map((name) => [name, readFileSync(join(directory, 'data', name))] as const),
  ])
  expect(server.output().length).toBeGreaterThan(1_000)
  const found = [...whole].flatMap(([place, bytes]) =>
    [...secrets].flatMap(([name, secret]) =>
      spellings(secret)
        .filter((spelling) => bytes.includes(spelling))
        .map((_, index) => `${name} in ${place}, spelling ${index}`),
    ),
  )
  expect(found).toEqual([])
})

it('the search would find a secret that is there', () => {
  const file = readFileSync(join(directory, 'manager.json'))
  expect(spellings(manager.clientSecret).some((spelling) => file.includes(spelling))).toBe(true)
})

/** Makes successful requests. Responses that contain a secret on purpose are not collected. */
async function use(): Promise<Pair & { readonly id: string }> {
  const { data } = await (await ask('GET', '/v1/apis?slug=keyporter')).json()
  const body = { name: 'Canary', apiId: data[0].id, permissions: ['API_READ'] }
  const issued = await (
    await ask('POST', '/v1/credentials', body, { 'idempotency-key': 'canary-1' })
  ).json()
  secrets.set('issued', issued.clientSecret)
  await keep(ask('POST', '/v1/credentials', body, { 'idempotency-key': 'canary-1' }))
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const { access_token: token } = await (
    await ask('POST', '/oauth/token', form, { authorization: basic(issued) })
  ).json()
  secrets.set('token', token)
  for (const authorization of [basic(issued), `Bearer ${issued.clientSecret}`, `Bearer ${token}`]) {
    await keep(ask('POST', '/v1/verify', { authorization, permissions: ['API_READ'] }))
    await keep(ask('GET', '/v1/apis', undefined, { authorization }))
  }
  await keep(ask('POST', '/oauth/introspect', new URLSearchParams({ token })))
  const session = await ask('POST', '/v1/sessions', admin)
  secrets.set(
    'session',
    /keyporter=([^;]+)/.exec(session.headers.get('set-cookie') ?? '')?.[1] ?? '',
  )
  expect(secrets.get('session')?.length).toBeGreaterThan(20)
  await enableCodes(secrets.get('session') ?? '')
  const member = { email: 'bob@example.com', name: 'Bob', privileges: [] }
  const invited = await (await ask('POST', '/v1/members', member)).json()
  secrets.set('invitation', new URL(invited.invitation.url).hash.replace('#code=', ''))
  for (const path of [
    '/v1/credentials',
    `/v1/credentials/${issued.id}`,
    '/v1/members',
    '/v1/audit-events',
    '/v1/session',
  ]) {
    await keep(ask('GET', path))
  }
  await keep(ask('GET', '/v1/audit-events', undefined, { accept: 'text/csv' }))
  return issued
}

/** One-time codes for the admin: their secret and the recovery codes are shown this once. */
async function enableCodes(token: string): Promise<void> {
  const headers = { cookie: `keyporter=${token}` }
  const begin = { currentPassword: admin.password }
  const { secret } = await (await ask('POST', '/v1/session/totp', begin, headers)).json()
  const body = { code: totpCode(secret, Date.now()) }
  const confirmed = await ask('POST', '/v1/session/totp/confirm', body, headers)
  const { recoveryCodes } = await confirmed.json()
  secrets.set('totp', secret)
  for (const [index, code] of recoveryCodes.entries()) secrets.set(`recovery ${index}`, code)
  await keep(ask('POST', '/v1/sessions', { ...admin, totpCode: guessed }))
  expect((await ask('POST', '/v1/sessions', { ...admin, totpCode: recoveryCodes[0] })).status).toBe(
    201,
  )
}

/** Makes failing requests, with a secret in every part of a request that an error could repeat. */
async function fail(issued: Pair & { readonly id: string }): Promise<void> {
  const { clientSecret } = issued
  const wrong = { clientId: issued.clientId, clientSecret: guessed }
  await keep(ask('POST', '/v1/verify', wrong))
  await keep(ask('GET', '/v1/apis', undefined, { authorization: basic(wrong) }))
  await keep(ask('POST', '/v1/sessions', { ...admin, password: guessed }))
  await keep(ask('POST', '/v1/credentials', `{"name":"${clientSecret}`))
  await keep(ask('POST', '/v1/credentials', { [clientSecret]: 1 }))
  await keep(ask('POST', '/v1/credentials', { name: 1, permissions: [clientSecret] }))
  await keep(ask('GET', `/v1/credentials?q=1&secret=${clientSecret}`))
  await keep(ask('GET', `/v1/credentials/${clientSecret}`))
  await keep(ask('GET', `/oauth/token?client_secret=${clientSecret}`))
  await keep(
    ask(
      'POST',
      '/oauth/token',
      new URLSearchParams({ client_secret: clientSecret, scope: guessed }),
    ),
  )
  await keep(ask('POST', `/${clientSecret}`, {}))
}

async function keep(answer: Promise<Response>): Promise<void> {
  bodies.push(await (await answer).text())
}

function ask(
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

/** Returns the encodings of a secret: plain, base64 at each of its three offsets, hex, reversed, UTF-16. */
function spellings(secret: string): (string | Buffer)[] {
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
