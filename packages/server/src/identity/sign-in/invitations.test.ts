import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  acceptInvitation,
  addPerson,
  invitePerson,
  listAuditEvents,
  PASSWORD,
  readLinkCode,
  trySignIn,
} from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const DAY = 86_400_000
const accept = (code: string, password = PASSWORD, ip = '') =>
  server.send('POST', '/v1/invitations/accept', {
    as: null,
    body: { code, password },
    headers: ip === '' ? {} : { 'x-forwarded-for': ip },
  })
const invite = (id: string) => server.send('POST', `/v1/members/${id}/invitation`)

describe('does', () => {
  it('an invitation is a link with 256 random bits that is valid for seven days', async () => {
    const { member, code } = await invitePerson(server)
    expect(code).toMatch(/^[0-9a-f]{64}$/)
    expect(member.status).toBe('invited')
    const { url, expiresAt } = member.invitation
    expect(url).toBe(`${server.url}/join#code=${code}`)
    expect(Date.parse(expiresAt)).toBe(server.clock.now() + 7 * DAY)
  })

  it('a member joins by choosing a password, and can sign in with it', async () => {
    const { member, code } = await invitePerson(server)
    const joined = await accept(code)
    expect([joined.status, joined.body.status]).toStrictEqual([200, 'active'])
    expect(joined.body.id).toBe(member.id)
    expect((await trySignIn(server, { email: member.email, password: PASSWORD })).status).toBe(201)
  })

  it('a new link does not end sessions or the password until it is used', async () => {
    const person = await addPerson(server)
    const { status, body } = await invite(person.id)
    expect(status).toBe(201)
    expect((await person.send('GET', '/v1/session')).status).toBe(200)
    expect((await trySignIn(server, { email: person.email, password: PASSWORD })).status).toBe(201)
    await acceptInvitation(server, readLinkCode(body.url), 'another harbour 72 lantern')
    expect((await person.send('GET', '/v1/session')).status).toBe(401)
    expect((await trySignIn(server, { email: person.email, password: PASSWORD })).status).toBe(401)
  })
})

describe('rejects', () => {
  it('a code works once, also in concurrent requests', async () => {
    const { code } = await invitePerson(server)
    const responses = await Promise.all([accept(code), accept(code, 'another harbour 72 lantern')])
    expect(new Set(responses.map(({ status }) => status))).toStrictEqual(new Set([200, 401]))
    expect((await accept(code)).body.code).toBe('invalid_code')
  })

  it('a code is rejected after seven days', async () => {
    const { code } = await invitePerson(server)
    server.clock.move(7 * DAY)
    expect((await accept(code)).body.code).toBe('invalid_code')
  })

  it('a newer link, deactivation and a granted privilege each revoke earlier links', async () => {
    const { member, code } = await invitePerson(server)
    const newer = readLinkCode((await invite(member.id)).body.url)
    expect((await accept(code)).status).toBe(401)
    const path = `/v1/members/${member.id}`
    await server.send('PATCH', path, { body: { privileges: ['audit.view'] } })
    expect((await accept(newer)).status).toBe(401)
    const newest = readLinkCode((await invite(member.id)).body.url)
    await server.send('PATCH', path, { body: { active: false } })
    await server.send('PATCH', path, { body: { active: true } })
    expect((await accept(newest)).status).toBe(401)
    server.clock.move(10 * 60_000)
  })

  it('a replayed request returns the same response without the link', async () => {
    const headers = { 'idempotency-key': 'add-once' }
    const body = { email: 'once@example.org', name: 'Once', privileges: [] }
    const first = await server.send('POST', '/v1/members', { headers, body })
    const again = await server.send('POST', '/v1/members', { headers, body })
    expect([first.status, again.status]).toStrictEqual([201, 201])
    expect(again.body).toStrictEqual({
      ...first.body,
      invitation: { ...first.body.invitation, url: null },
    })
    const path = `/v1/members/${first.body.id}/invitation`
    const link = await server.send('POST', path, { headers: { 'idempotency-key': 'link-once' } })
    const replayed = await server.send('POST', path, {
      headers: { 'idempotency-key': 'link-once' },
    })
    expect([link.body.url === null, replayed.body.url]).toStrictEqual([false, null])
  })

  it('a rejected password does not consume the code', async () => {
    const { code, member } = await invitePerson(server, { name: 'Grace Hopper' })
    for (const password of ['iloveyou', 'gracehopper', member.email]) {
      const { status, body, text } = await accept(code, password)
      expect([status, body.errors[0].pointer]).toStrictEqual([400, '/password'])
      expect(text).not.toContain(password)
    }
    expect((await accept(code, 'short')).status).toBe(400)
    expect((await accept(code)).status).toBe(200)
  })

  it('a link for a member with more privileges gets cannot_grant', async () => {
    const person = await addPerson(server, { privileges: ['members.manage'] })
    const powerful = await addPerson(server, { privileges: ['apis.manage'] })
    const equal = await addPerson(server, { privileges: ['members.manage'] })
    const rejected = await person.send('POST', `/v1/members/${powerful.id}/invitation`)
    expect([rejected.status, rejected.body.code]).toStrictEqual([403, 'cannot_grant'])
    expect((await person.send('POST', `/v1/members/${equal.id}/invitation`)).status).toBe(201)
  })

  it('a member cannot create a link for themselves', async () => {
    const person = await addPerson(server, { privileges: ['members.manage'] })
    expect((await person.send('POST', `/v1/members/${person.id}/invitation`)).status).toBe(400)
  })

  it('a link for a deactivated member is rejected', async () => {
    const { member } = await invitePerson(server)
    await server.send('PATCH', `/v1/members/${member.id}`, { body: { active: false } })
    expect((await invite(member.id)).status).toBe(400)
  })

  it('the eleventh wrong code is blocked for five minutes', async () => {
    const responses = []
    for (let count = 0; count < 11; count += 1) responses.push(await accept(`guess ${count}`))
    expect(responses.map(({ status }) => status)).toStrictEqual([...Array(10).fill(401), 429])
    expect(Number(responses[10]?.headers.get('retry-after'))).toBeGreaterThan(0)
    server.clock.move(5 * 60_000)
    expect((await accept('guess')).status).toBe(401)
    server.clock.move(5 * 60_000)
  })
})

describe('records', () => {
  it('invitation and joining are audited with their actors, without the code', async () => {
    const { member } = await invitePerson(server)
    const again = await invite(member.id)
    const code = readLinkCode(again.body.url)
    await acceptInvitation(server, code)
    const [invited] = await listAuditEvents(server, 'member.invited')
    const [joined] = await listAuditEvents(server, 'member.joined')
    expect(invited).toMatchObject({ actor: { type: 'credential' }, target: { id: member.id } })
    expect(joined).toMatchObject({
      actor: { type: 'member', id: member.id },
      target: { id: member.id },
    })
    expect(JSON.stringify([invited, joined])).not.toContain(code)
    expect(JSON.stringify(server.logLines)).not.toContain(code)
  })

  it('a new password by invitation is audited as a password change', async () => {
    const person = await addPerson(server)
    await acceptInvitation(
      server,
      readLinkCode((await invite(person.id)).body.url),
      'another harbour 72 lantern',
    )
    const [event] = await listAuditEvents(server, 'member.password_changed')
    expect(event).toMatchObject({ actor: { id: person.id }, target: { id: person.id } })
  })

  it('wrong codes are audited once a minute', async () => {
    const before = (await listAuditEvents(server, 'authentication.refused')).length
    for (let count = 0; count < 3; count += 1) await accept(`guess ${count}`)
    const events = await listAuditEvents(server, 'authentication.refused')
    expect(events).toHaveLength(before + 1)
    expect(events[0]).toMatchObject({ outcome: 'refused', reason: 'invalid_code' })
  })
})
