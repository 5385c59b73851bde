import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { privilegeNames } from '@keyporter/contract'
import { afterEach, describe, expect, it } from 'vitest'
import { readCookie, signIn } from '../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'

const HOUR = 3_600_000
const person = {
  organizationName: 'Acme',
  name: 'Ada Lovelace',
  email: 'Ada@Example.com',
  password: 'violet harbour 27 umbrella',
}

let server: TestServer
afterEach(() => server.close())

async function startEmpty(): Promise<string> {
  server = await startTestServer({ setUp: false })
  return readFileSync(codeFile(), 'utf8').trim()
}

const codeFile = () => join(server.dataDirectory, 'setup-code')
const needed = async () => (await server.send('GET', '/v1/setup', { as: null })).body.needed
const setUp = (code: string, changes: object = {}) =>
  server.send('POST', '/v1/setup', { as: null, body: { ...person, code, ...changes } })
const rows = (table: 'organizations' | 'members' | 'apis') =>
  server.program.systemContext('').db.selectFrom(table).selectAll().execute()

describe('does', () => {
  it('an empty installation creates a setup link, and a file with its code', async () => {
    const code = await startEmpty()
    expect(server.program.setupLink).toBe(`${server.url}/setup#code=${code}`)
    expect(code).toMatch(/^[0-9a-f]{64}$/)
    expect(statSync(codeFile()).mode & 0o777).toBe(0o600)
    expect(await needed()).toBe(true)
  })

  it('setup creates the operator, its first member and the built-in API, and signs the member in', async () => {
    const response = await setUp(await startEmpty())
    expect(response.status).toBe(201)
    expect(response.body).toMatchObject({
      actor: { type: 'member', name: 'Ada Lovelace' },
      organization: { name: 'Acme', slug: 'acme', operator: true },
      privileges: privilegeNames,
      member: { email: 'ada@example.com', status: 'active' },
    })
    const cookie = readCookie(response)
    const me = await server.send('GET', '/v1/session', { cookie })
    expect(me.body.member.id).toBe(response.body.member.id)
    const apis = await server.send('GET', '/v1/apis?slug=keyporter', { cookie })
    expect(apis.body.data).toMatchObject([{ builtIn: true, identifier: `${server.url}/v1` }])
    await signIn(server, 'ada@example.com', person.password)
    expect(await needed()).toBe(false)
  })

  it('a start after setup creates no link and removes the code file', async () => {
    await setUp(await startEmpty())
    await server.restart()
    expect(server.program.setupLink).toBeUndefined()
    expect(existsSync(codeFile())).toBe(false)
    expect(await needed()).toBe(false)
  })
})

describe('rejects', () => {
  it('of two concurrent setups one succeeds, and the other leaves no rows', async () => {
    const code = await startEmpty()
    const responses = await Promise.all([
      setUp(code, { organizationName: 'One', email: 'one@example.com' }),
      setUp(code, { organizationName: 'Two', email: 'two@example.com' }),
    ])
    expect(new Set(responses.map(({ status }) => status))).toStrictEqual(new Set([201, 409]))
    expect(responses.find(({ status }) => status === 409)?.body.code).toBe('setup_completed')
    const all = await Promise.all([rows('organizations'), rows('members'), rows('apis')])
    expect(all.map((table) => table.length)).toStrictEqual([1, 1, 1])
    expect((await setUp(code)).body.code).toBe('setup_completed')
  })

  it('ten wrong codes block further attempts', async () => {
    const code = await startEmpty()
    const responses = []
    for (let count = 0; count < 11; count += 1) responses.push(await setUp(`guess ${count}`))
    expect(responses.map(({ status }) => status)).toStrictEqual([...Array(10).fill(401), 429])
    expect((await setUp(code)).status).toBe(429)
    server.clock.move(5 * 60_000)
    expect((await setUp(code)).status).toBe(201)
  })

  it('a code expires after an hour', async () => {
    const code = await startEmpty()
    server.clock.move(HOUR)
    expect((await setUp(code)).body.code).toBe('invalid_code')
    expect(await needed()).toBe(true)
  })

  it('a restart revokes earlier codes', async () => {
    const older = await startEmpty()
    await server.restart()
    expect((await setUp(older)).status).toBe(401)
    expect((await setUp(readFileSync(codeFile(), 'utf8').trim())).status).toBe(201)
  })

  it('a rejected password does not consume the code', async () => {
    const code = await startEmpty()
    for (const password of ['iloveyou', 'AdaLovelace', 'short']) {
      expect((await setUp(code, { password })).status).toBe(400)
    }
    expect((await setUp(code)).status).toBe(201)
  })

  it('before setup all other requests are rejected, sign-in included', async () => {
    await startEmpty()
    const body = { email: person.email, password: person.password }
    expect((await server.send('POST', '/v1/sessions', { as: null, body })).status).toBe(401)
    expect((await server.send('GET', '/v1/organizations', { as: null })).status).toBe(401)
  })
})

describe('records', () => {
  it('setup is audited with the first member as actor, without code and password', async () => {
    const code = await startEmpty()
    const response = await setUp(code)
    const log = await server.send('GET', '/v1/audit-events', { cookie: readCookie(response) })
    const events: { action: string; actor: { type: string; id: string } }[] = log.body.data
    const audited = events.filter(({ actor }) => actor.type === 'member')
    expect(audited.map(({ action }) => action).sort()).toStrictEqual([
      'api.created',
      'member.created',
      'organization.created',
      'session.created',
      'setup.completed',
    ])
    expect(new Set(audited.map(({ actor }) => actor.id))).toStrictEqual(
      new Set([response.body.member.id]),
    )
    for (const secret of [code, person.password]) {
      expect(log.text).not.toContain(secret)
      expect(JSON.stringify(server.logLines)).not.toContain(secret)
    }
  })
})
