import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../../test/support/credentials.ts'
import {
  acceptInvitation,
  addPerson,
  invitePerson,
  listAuditEvents,
  PASSWORD,
  readCookie,
  signIn,
  trySignIn,
} from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ env: { KEYPORTER_TRUSTED_PROXIES: '127.0.0.1' } })
})
afterAll(() => server.close())

const HOUR = 3_600_000
const OTHER = 'another harbour 72 lantern'
const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } })

describe('does', () => {
  it('signing in sets one HttpOnly, SameSite=Strict cookie and returns the member', async () => {
    const { email, id } = await addPerson(server, { privileges: ['audit.view'] })
    const { status, headers, body } = await trySignIn(server, { email, password: PASSWORD })
    expect(status).toBe(201)
    expect(headers.getSetCookie()).toHaveLength(1)
    expect(headers.get('set-cookie')).toMatch(
      /^keyporter=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(body).toMatchObject({
      actor: { type: 'member', id },
      organization: { id: server.operatorId },
      privileges: ['audit.view'],
      permissions: ['AUDIT_READ'],
      member: { id, email, status: 'active', lastSignedInAt: '2027-03-01T12:00:00.000Z' },
    })
  })

  it('every sign-in creates a new session, and the store contains no token', async () => {
    const one = await addPerson(server)
    const two = await signIn(server, one.email)
    expect(two.cookie).not.toBe(one.cookie)
    const rows = await server.program
      .systemContext('')
      .db.selectFrom('sessions')
      .selectAll()
      .execute()
    for (const { cookie } of [one, two])
      expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1])
  })

  it('an e-mail address ignores case and surrounding spaces', async () => {
    const { email } = await addPerson(server, { email: 'Rosalind@Example.ORG' })
    expect(email).toBe('rosalind@example.org')
    await signIn(server, ' ROSALIND@example.org')
  })

  it('a credential can read the current session', async () => {
    const { body } = await server.send('GET', '/v1/session')
    expect(body).toMatchObject({
      actor: { type: 'credential' },
      organization: { id: server.operatorId },
      privileges: [],
      member: null,
    })
    expect(body.permissions).toContain('ORGANIZATION_WRITE')
    expect((await server.send('GET', '/v1/sessions')).body.data).toStrictEqual([])
  })

  it('a member lists their own sessions, with the current one marked, and can end each of them', async () => {
    const one = await addPerson(server)
    server.clock.move(1)
    const two = await signIn(server, one.email)
    const { data } = (await two.send('GET', '/v1/sessions')).body
    expect(data.map(({ current }: { current: boolean }) => current)).toStrictEqual([true, false])
    expect(data[0]).toMatchObject({ ip: '127.0.0.1' })
    expect((await two.send('DELETE', `/v1/sessions/${data[1].id}`)).status).toBe(204)
    expect((await one.send('GET', '/v1/session')).status).toBe(401)
    expect((await two.send('GET', '/v1/session')).status).toBe(200)
  })

  it('signing out ends the session on the server and clears the cookie', async () => {
    const person = await addPerson(server)
    const out = await person.send('DELETE', '/v1/session')
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toMatch(/^keyporter=; .*Max-Age=0$/)
    expect((await person.send('GET', '/v1/session')).status).toBe(401)
  })

  it('a password change ends all other sessions and keeps the current one', async () => {
    const one = await addPerson(server)
    const two = await signIn(server, one.email)
    const body = { currentPassword: PASSWORD, newPassword: OTHER }
    expect((await two.send('POST', '/v1/session/password', { body })).status).toBe(204)
    expect((await one.send('GET', '/v1/session')).status).toBe(401)
    expect((await two.send('GET', '/v1/session')).status).toBe(200)
    expect((await trySignIn(server, { email: one.email, password: PASSWORD })).status).toBe(401)
    await signIn(server, one.email, OTHER)
  })

  it('a session expires after twelve idle hours, and after seven days with activity', async () => {
    const idle = await addPerson(server)
    const used = await signIn(server, idle.email)
    for (let hours = 0; hours < 160; hours += 10) {
      server.clock.move(10 * HOUR)
      expect((await used.send('GET', '/v1/session')).status).toBe(200)
    }
    expect((await idle.send('GET', '/v1/session')).status).toBe(401)
    server.clock.move(8 * HOUR)
    expect((await used.send('GET', '/v1/session')).status).toBe(401)
  })

  it('lastSeenAt is written at most every five minutes, without an audit event', async () => {
    const person = await addPerson(server)
    const seen = async () => (await person.send('GET', '/v1/sessions')).body.data[0].lastSeenAt
    const first = await seen()
    server.clock.move(299_000)
    expect(await seen()).toBe(first)
    const events = async () =>
      (await server.send('GET', '/v1/audit-events?limit=1')).body.data[0].id
    const last = await events()
    server.clock.move(1_000)
    expect(Date.parse(await seen())).toBe(Date.parse(first) + 300_000)
    expect(await events()).toBe(last)
  })

  it('a person with several memberships signs in to the requested organization, or to the one whose password matches', async () => {
    const { id } = await createOrganization(server, 'Side job')
    const email = 'both@example.org'
    const home = await invitePerson(server, { email })
    const side = await invitePerson(server, { email, organizationId: id })
    await acceptInvitation(server, home.code, PASSWORD)
    await acceptInvitation(server, side.code, OTHER)
    const organizationIdOf = async (body: object) =>
      (await trySignIn(server, { email, ...body })).body.organization?.id
    expect(await organizationIdOf({ password: PASSWORD })).toBe(server.operatorId)
    expect(await organizationIdOf({ password: OTHER })).toBe(id)
    expect(await organizationIdOf({ password: OTHER, organizationId: id })).toBe(id)
    expect(await organizationIdOf({ password: PASSWORD, organizationId: id })).toBeUndefined()
  })

  it('signing in returns the organizations with this password and an active membership', async () => {
    const [second, third, fourth] = await Promise.all(
      ['Second', 'Third', 'Fourth'].map((name) => createOrganization(server, name)),
    )
    const email = 'everywhere@example.org'
    const ids = [server.operatorId, second?.id ?? '', third?.id ?? '', fourth?.id ?? '']
    for (const organizationId of ids) {
      const { code } = await invitePerson(server, { email, organizationId })
      if (organizationId !== fourth?.id)
        await acceptInvitation(server, code, organizationId === third?.id ? OTHER : PASSWORD)
    }
    const named = async (body: object) =>
      (await trySignIn(server, { email, ...body })).body.organizations
    expect(await named({ password: PASSWORD })).toStrictEqual([
      { id: server.operatorId, name: 'Acme' },
      { id: second?.id, name: 'Second' },
    ])
    const only = { password: PASSWORD, organizationId: second?.id }
    expect(await named(only)).toStrictEqual([{ id: second?.id, name: 'Second' }])
    expect(await named({ password: OTHER })).toStrictEqual([{ id: third?.id, name: 'Third' }])
    expect(await named({ password: 'none of them 17 ink' })).toBeUndefined()
    const person = await signIn(server, email)
    expect((await person.send('GET', '/v1/session')).body).not.toHaveProperty('organizations')
  })
})

describe('does, over HTTPS', () => {
  it('the cookie is bound to the host, and only the public origin can send changes', async () => {
    const publicUrl = 'https://keys.example.com'
    const behindTls = await startTestServer({ env: { KEYPORTER_PUBLIC_URL: publicUrl } })
    try {
      const { email, password } = behindTls.admin
      const response = await trySignIn(behindTls, { email, password })
      expect(response.headers.get('set-cookie')).toMatch(
        /^__Host-keyporter=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      )
      const cookie = readCookie(response)
      const out = (origin: string) =>
        behindTls.send('DELETE', '/v1/session', { cookie, headers: { origin } })
      expect((await out(behindTls.url)).status).toBe(403)
      expect((await out(publicUrl)).status).toBe(204)
    } finally {
      await behindTls.close()
    }
  })
})

describe('rejects', () => {
  it('an unknown address, a wrong password, an invited and a deactivated member get the same response', async () => {
    const person = await addPerson(server)
    const invited = await invitePerson(server)
    const gone = await addPerson(server)
    await server.send('PATCH', `/v1/members/${gone.id}`, { body: { active: false } })
    const responses = await Promise.all([
      trySignIn(server, { email: 'nobody@example.org', password: PASSWORD }),
      trySignIn(server, { email: person.email, password: 'wrong password' }),
      trySignIn(server, { email: invited.member.email, password: PASSWORD }),
      trySignIn(server, { email: gone.email, password: PASSWORD }),
      trySignIn(server, { email: person.email, password: PASSWORD, organizationId: 'org_0' }),
    ])
    const bodies = responses.map(({ body }) => JSON.stringify({ ...body, instance: '' }))
    expect(responses.map(({ status }) => status)).toStrictEqual([401, 401, 401, 401, 401])
    expect(new Set(bodies).size).toBe(1)
    expect(responses.every(({ headers }) => headers.get('set-cookie') === null)).toBe(true)
  })

  it('many wrong passwords block this address from this network only', async () => {
    const { email } = await addPerson(server)
    const wrong = { email, password: 'wrong password' }
    const send = (body: object, ip: string) =>
      server.send('POST', '/v1/sessions', { as: null, body, ...from(ip) })
    const responses = []
    for (let count = 0; count < 11; count += 1) responses.push(await send(wrong, '203.0.113.7'))
    expect(responses.map(({ status }) => status)).toStrictEqual([...Array(10).fill(401), 429])
    expect(Number(responses[10]?.headers.get('retry-after'))).toBe(300)
    const spelled = { email: email.toUpperCase(), password: PASSWORD }
    expect((await send(spelled, '203.0.113.7')).status).toBe(429)
    expect((await send({ email, password: PASSWORD }, '198.51.100.9')).status).toBe(201)
    server.clock.move(300_000)
    expect((await send({ email, password: PASSWORD }, '203.0.113.7')).status).toBe(201)
  })

  it('concurrent guesses cannot exceed the limit', async () => {
    const { email } = await addPerson(server)
    const responses = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        server.send('POST', '/v1/sessions', {
          as: null,
          body: { email, password: `guess number ${index}` },
          ...from('203.0.113.8'),
        }),
      ),
    )
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(20)
  })

  it('a change from another origin gets cross_origin and has no effect', async () => {
    const person = await addPerson(server)
    const attempts: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]
    for (const headers of attempts) {
      const { status, body } = await person.send('DELETE', '/v1/session', { headers })
      expect([status, body.code]).toStrictEqual([403, 'cross_origin'])
    }
    expect((await person.send('GET', '/v1/session')).status).toBe(200)
    const headers = { origin: server.url, 'sec-fetch-site': 'same-origin' }
    expect((await person.send('DELETE', '/v1/session', { headers })).status).toBe(204)
  })

  it('signing in accepts only JSON, which a cross-site form cannot send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const { status } = await server.send('POST', '/v1/sessions', {
        as: null,
        body: JSON.stringify({ email: server.admin.email, password: server.admin.password }),
        headers: { 'content-type': type },
      })
      expect([400, 415]).toContain(status)
    }
  })

  it('another member’s session gets the same response as a missing one', async () => {
    const one = await addPerson(server)
    const two = await addPerson(server)
    const { data } = (await one.send('GET', '/v1/sessions')).body
    const foreign = await two.send('DELETE', `/v1/sessions/${data[0].id}`)
    const none = await two.send('DELETE', '/v1/sessions/ses_0')
    expect([foreign.status, none.status]).toStrictEqual([404, 404])
    expect((await one.send('GET', '/v1/session')).status).toBe(200)
    expect((await server.send('DELETE', `/v1/sessions/${data[0].id}`)).status).toBe(404)
    expect((await server.send('DELETE', '/v1/session')).status).toBe(404)
  })

  it('a forged cookie is rejected', async () => {
    const { cookie } = await addPerson(server)
    const forged = [`keyporter=${'A'.repeat(43)}`, `${cookie}x`, `__Host-${cookie}`, 'keyporter=']
    for (const one of forged) {
      expect((await server.send('GET', '/v1/session', { cookie: one })).status).toBe(401)
    }
  })

  it('a session token is not accepted as a bearer token', async () => {
    const { cookie } = await addPerson(server)
    const token = cookie.split('=')[1] ?? ''
    expect((await server.send('GET', '/v1/session', { as: token })).status).toBe(401)
  })

  it('a password change requires the current password and an acceptable new one', async () => {
    const person = await addPerson(server)
    const send = (currentPassword: string, newPassword: string) =>
      person.send('POST', '/v1/session/password', { body: { currentPassword, newPassword } })
    const wrong = await send('wrong password', OTHER)
    expect([wrong.status, wrong.body.code]).toStrictEqual([401, 'sign_in_failed'])
    const common = await send(PASSWORD, 'password')
    expect([common.status, common.body.errors[0].pointer]).toStrictEqual([400, '/newPassword'])
    await signIn(server, person.email)
    const body = { currentPassword: PASSWORD, newPassword: OTHER }
    expect((await server.send('POST', '/v1/session/password', { body })).status).toBe(404)
  })
})

describe('records', () => {
  it('sign-in and sign-out are audited in the member’s organization', async () => {
    const { id } = await createOrganization(server, 'Recorded sessions')
    const person = await addPerson(server, { organizationId: id })
    await person.send('DELETE', '/v1/session')
    for (const action of ['session.created', 'session.ended']) {
      const [event] = await listAuditEvents(server, action, id)
      expect(event).toMatchObject({
        organizationId: id,
        actor: { type: 'member', id: person.id },
        target: { type: 'session' },
      })
    }
  })

  it('rejected sign-ins of a known member are audited once a minute in the member’s organization', async () => {
    const { id } = await createOrganization(server, 'Refused here')
    const { email, id: memberId } = await addPerson(server, { organizationId: id })
    const wrong = () =>
      server.send('POST', '/v1/sessions', {
        as: null,
        body: { email, password: 'wrong password' },
        ...from('203.0.113.20'),
      })
    await wrong()
    await wrong()
    await wrong()
    const events = await listAuditEvents(server, 'authentication.refused', id)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      actor: { type: 'anonymous', id: null },
      target: { type: 'member', id: memberId },
      outcome: 'refused',
      reason: 'wrong_password',
      ip: '203.0.113.20',
    })
    server.clock.move(60_000)
    await wrong()
    expect(await listAuditEvents(server, 'authentication.refused', id)).toHaveLength(2)
  })

  it('a rejected sign-in of an unknown address is audited in the operator’s log, without the input', async () => {
    const password = 'typed into nothing 44'
    await server.send('POST', '/v1/sessions', {
      as: null,
      body: { email: 'typed.wrong@example.org', password },
      ...from('203.0.113.21'),
    })
    const [event] = await listAuditEvents(server, 'authentication.refused')
    expect(event).toMatchObject({
      target: { type: 'member', id: null },
      reason: 'unknown_member',
      ip: '203.0.113.21',
    })
    for (const secret of [password, 'typed.wrong@example.org']) {
      expect(JSON.stringify(event)).not.toContain(secret)
      expect(JSON.stringify(server.logLines)).not.toContain(secret)
    }
  })

  it('a password change is audited', async () => {
    const person = await addPerson(server)
    const body = { currentPassword: PASSWORD, newPassword: OTHER }
    await person.send('POST', '/v1/session/password', { body })
    const [event] = await listAuditEvents(server, 'member.password_changed')
    expect(event).toMatchObject({
      actor: { id: person.id },
      target: { id: person.id },
      changes: {},
    })
  })

  it('no log line contains a cookie or a password', async () => {
    const response = await trySignIn(server, {
      email: server.admin.email,
      password: server.admin.password,
    })
    const lines = JSON.stringify(server.logLines)
    expect(lines).not.toContain(readCookie(response).split('=')[1])
    expect(lines).not.toContain(server.admin.password)
  })
})
