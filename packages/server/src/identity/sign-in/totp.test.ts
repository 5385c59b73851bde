import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../../test/support/credentials.ts'
import {
  acceptInvitation,
  addPerson,
  invitePerson,
  listAuditEvents,
  PASSWORD,
  type Person,
  readLinkCode,
  signIn,
  trySignIn,
} from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { readTables } from '../../../../../test/support/tables.ts'
import { enableTotp, startTotp, type Totp, totpCode } from '../../../../../test/support/totp.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const STEP_MS = 30_000
const FIVE_MINUTES = 300_000

/** Adds a member with two-factor authentication, and moves the clock one time step on. */
async function addProtected(): Promise<Person & { readonly totp: Totp }> {
  const person = await addPerson(server)
  const totp = await enableTotp(server, person)
  server.clock.move(STEP_MS)
  return { ...person, totp }
}

const signInWith = (email: string, code?: string, password = PASSWORD) =>
  trySignIn(server, { email, password, ...(code === undefined ? {} : { totpCode: code }) })
const codeNow = ({ secret }: Totp, shiftMs = 0) => totpCode(secret, server.clock.now() + shiftMs)
const confirm = (person: Person, code: string) =>
  person.send('POST', '/v1/session/totp/confirm', { body: { code } })
const outcome = ({ status, body }: Awaited<ReturnType<typeof signInWith>>) => [status, body?.code]

describe('does', () => {
  it('a new secret has no effect until its first code confirms it', async () => {
    const person = await addPerson(server)
    const { secret, url } = await startTotp(person)
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(url).toContain('otpauth://totp/Keyporter%20(Acme):')
    expect((await signInWith(person.email)).status).toBe(201)
    expect((await person.send('GET', '/v1/session')).body.member.totpEnabled).toBe(false)
    const confirmed = await confirm(person, totpCode(secret, server.clock.now()))
    expect(confirmed.status).toBe(200)
    const { recoveryCodes } = confirmed.body
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const code of recoveryCodes) expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
    expect((await person.send('GET', '/v1/session')).body.member.totpEnabled).toBe(true)
    expect((await server.send('GET', `/v1/members/${person.id}`)).body.totpEnabled).toBe(true)
  })

  it('sign-in then requires a code, with or without spaces', async () => {
    const { email, totp } = await addProtected()
    expect(outcome(await signInWith(email))).toStrictEqual([401, 'totp_required'])
    const code = codeNow(totp)
    const spaced = ` ${code.slice(0, 3)} ${code.slice(3)} `
    const signedIn = await signInWith(email, spaced)
    expect([signedIn.status, signedIn.body.member.totpEnabled]).toStrictEqual([201, true])
  })

  it('a code of the previous or next time step is accepted', async () => {
    const { email, totp } = await addProtected()
    server.clock.move(STEP_MS)
    expect((await signInWith(email, codeNow(totp, -STEP_MS))).status).toBe(201)
    expect((await signInWith(email, codeNow(totp, STEP_MS))).status).toBe(201)
  })

  it('a recovery code works once, in any case and with or without hyphens', async () => {
    const { email, totp } = await addProtected()
    const [first = '', second = ''] = totp.recoveryCodes
    expect((await signInWith(email, first)).status).toBe(201)
    expect(outcome(await signInWith(email, first))).toStrictEqual([401, 'sign_in_failed'])
    expect((await signInWith(email, second.toUpperCase().replaceAll('-', ' '))).status).toBe(201)
  })

  it('a code is ignored when two-factor authentication is disabled', async () => {
    const { email } = await addPerson(server)
    expect((await signInWith(email, '123456')).status).toBe(201)
  })

  it('a new setup replaces the pending secret, and its confirmation the active one', async () => {
    const person = await addProtected()
    const [replaced, latest] = [await startTotp(person), await startTotp(person)]
    expect(outcome(await signInWith(person.email, codeNow(person.totp)))[0]).toBe(201)
    expect((await confirm(person, totpCode(replaced.secret, server.clock.now()))).status).toBe(401)
    const confirmed = await confirm(person, totpCode(latest.secret, server.clock.now()))
    expect(confirmed.status).toBe(200)
    server.clock.move(STEP_MS)
    const [oldCode = ''] = person.totp.recoveryCodes
    for (const code of [codeNow(person.totp), oldCode])
      expect(outcome(await signInWith(person.email, code))).toStrictEqual([401, 'sign_in_failed'])
    const { secret } = latest
    expect((await signInWith(person.email, totpCode(secret, server.clock.now()))).status).toBe(201)
    expect((await signInWith(person.email, confirmed.body.recoveryCodes[0])).status).toBe(201)
  })

  it('the member can disable it with the password, and a member manager without', async () => {
    for (const byManager of [false, true]) {
      const person = await addProtected()
      const response = byManager
        ? await server.send('POST', `/v1/members/${person.id}/totp/remove`)
        : await person.send('POST', '/v1/session/totp/remove', {
            body: { currentPassword: PASSWORD },
          })
      expect(response.status).toBe(204)
      expect((await signInWith(person.email)).body.member.totpEnabled).toBe(false)
      const again = await server.send('POST', `/v1/members/${person.id}/totp/remove`)
      expect(again.status).toBe(204)
    }
  })

  it('a new password by invitation does not disable it', async () => {
    const { id, email } = await addProtected()
    const { body } = await server.send('POST', `/v1/members/${id}/invitation`)
    await acceptInvitation(server, readLinkCode(body.url), 'another harbour 72 lantern')
    const signedIn = await signInWith(email, undefined, 'another harbour 72 lantern')
    expect(outcome(signedIn)).toStrictEqual([401, 'totp_required'])
  })

  it('with several memberships and one password, the code selects the organization', async () => {
    const { id } = await createOrganization(server, 'Second home')
    const email = 'two-homes@example.org'
    const homes = []
    for (const organizationId of [server.operatorId, id]) {
      const { code } = await invitePerson(server, { email, organizationId })
      await acceptInvitation(server, code)
      const signedIn = await trySignIn(server, { email, password: PASSWORD, organizationId })
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      const send: Person['send'] = (method, path, rest = {}) =>
        server.send(method, path, { ...rest, cookie, as: null })
      homes.push(await enableTotp(server, { id: '', email, organizationId, cookie, send }))
      server.clock.move(STEP_MS)
    }
    for (const [index, home] of homes.entries()) {
      const { status, body } = await signInWith(email, codeNow(home))
      expect([status, body.organization.id]).toStrictEqual([201, [server.operatorId, id][index]])
    }
  })

  it('the secret can be decrypted after a restart', async () => {
    const { email, totp } = await addProtected()
    await server.restart()
    expect((await signInWith(email, codeNow(totp))).status).toBe(201)
  })
})

describe('rejects', () => {
  it('a code works once, and an older code does not work after it', async () => {
    const { email, totp } = await addProtected()
    const code = codeNow(totp)
    expect((await signInWith(email, code)).status).toBe(201)
    expect(outcome(await signInWith(email, code))).toStrictEqual([401, 'sign_in_failed'])
    expect((await signInWith(email, codeNow(totp, -STEP_MS))).status).toBe(401)
  })

  it('the confirmation code cannot be used to sign in', async () => {
    const person = await addPerson(server)
    const totp = await enableTotp(server, person)
    expect(outcome(await signInWith(person.email, codeNow(totp)))).toStrictEqual([
      401,
      'sign_in_failed',
    ])
  })

  it('of concurrent sign-ins with one code, one succeeds', async () => {
    const { email, totp } = await addProtected()
    for (const code of [codeNow(totp), totp.recoveryCodes[0]]) {
      const responses = await Promise.all([1, 2, 3, 4].map(() => signInWith(email, code)))
      const statuses = responses.map(({ status }) => status).toSorted((a, b) => a - b)
      expect(statuses).toStrictEqual([201, 401, 401, 401])
    }
  })

  it('a wrong code gets the same response as a wrong password', async () => {
    const { email } = await addProtected()
    const visible = ({ status, headers, body }: Awaited<ReturnType<typeof signInWith>>) => ({
      status,
      body: { ...body, instance: '' },
      headers: [...headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'),
    })
    const wrongPassword = visible(await signInWith(email, undefined, 'wrong password'))
    expect(wrongPassword.body.code).toBe('sign_in_failed')
    for (const code of ['000000', 'x', '00000000', 'aaaa-aaaa-aaaa-aaaa'])
      expect(visible(await signInWith(email, code))).toStrictEqual(wrongPassword)
  })

  it('without the password, the response does not reveal whether a code is required', async () => {
    const [on, off] = [await addProtected(), await addPerson(server)]
    const responses = []
    for (const email of [on.email, off.email, 'nobody@example.org']) {
      for (const code of [undefined, '000000'])
        responses.push(await signInWith(email, code, 'wrong password'))
    }
    const visible = responses.map(({ status, body }) => ({ status, ...body, instance: '' }))
    expect(new Set(visible.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(visible[0]).toMatchObject({ status: 401, code: 'sign_in_failed' })
  })

  it('the eleventh wrong code is blocked, from one network or from several', async () => {
    const one = await addProtected()
    const responses = []
    for (let count = 0; count < 11; count += 1)
      responses.push(await signInWith(one.email, '000000'))
    expect(responses.map(({ status }) => status)).toStrictEqual([...Array(10).fill(401), 429])
    server.clock.move(FIVE_MINUTES)
    expect((await signInWith(one.email, codeNow(one.totp))).status).toBe(201)
    const trusting = await startTestServer({ env: { KEYPORTER_TRUSTED_PROXIES: '127.0.0.1' } })
    try {
      const person = await addPerson(trusting)
      await enableTotp(trusting, person)
      const from = async (index: number, code?: string) => {
        const body = { email: person.email, password: PASSWORD, totpCode: code }
        const headers = { 'x-forwarded-for': `203.0.113.${index}` }
        return (await trusting.send('POST', '/v1/sessions', { as: null, body, headers })).status
      }
      const statuses = []
      for (let index = 0; index < 11; index += 1) statuses.push(await from(index, '000000'))
      expect(statuses).toStrictEqual([...Array(10).fill(401), 429])
      // A request without a code is not an attempt at the second factor.
      expect(await from(20)).toBe(401)
    } finally {
      await trusting.close()
    }
  })

  it('a wrong first code, a code without a pending secret and a late code get invalid_code', async () => {
    const person = await addPerson(server)
    expect(outcome(await confirm(person, '123456'))).toStrictEqual([401, 'invalid_code'])
    const { secret } = await startTotp(person)
    expect(outcome(await confirm(person, '000000'))).toStrictEqual([401, 'invalid_code'])
    server.clock.move(3_600_000)
    const late = totpCode(secret, server.clock.now())
    expect(outcome(await confirm(person, late))).toStrictEqual([401, 'invalid_code'])
    expect((await signInWith(person.email)).status).toBe(201)
  })

  it('setup and removal require the current password', async () => {
    const person = await addProtected()
    const body = { currentPassword: 'wrong password' }
    for (const path of ['/v1/session/totp', '/v1/session/totp/remove'])
      expect(outcome(await person.send('POST', path, { body }))).toStrictEqual([
        401,
        'sign_in_failed',
      ])
    expect(outcome(await signInWith(person.email))).toStrictEqual([401, 'totp_required'])
  })

  it('a credential cannot use two-factor authentication', async () => {
    const responses = [
      await server.send('POST', '/v1/session/totp', { body: { currentPassword: 'x' } }),
      await server.send('POST', '/v1/session/totp/confirm', { body: { code: '123456' } }),
      await server.send('POST', '/v1/session/totp/remove', { body: { currentPassword: 'x' } }),
    ]
    expect(responses.map(({ status }) => status)).toStrictEqual([404, 404, 404])
  })

  it('a member manager cannot remove their own second factor, or that of a member with more privileges', async () => {
    const manager = await addPerson(server, { privileges: ['members.manage'] })
    const more = await addPerson(server, { privileges: ['members.manage', 'audit.view'] })
    await enableTotp(server, more)
    const off = ({ id }: Person) => manager.send('POST', `/v1/members/${id}/totp/remove`)
    expect(outcome(await off(manager))).toStrictEqual([400, 'invalid_request'])
    expect(outcome(await off(more))).toStrictEqual([403, 'cannot_grant'])
    expect(outcome(await signInWith(more.email))).toStrictEqual([401, 'totp_required'])
  })
})

describe('records', () => {
  it('setup, removal and the factors of a sign-in are audited', async () => {
    const person = await addProtected()
    await signInWith(person.email, codeNow(person.totp))
    await signInWith(person.email, person.totp.recoveryCodes[0])
    await person.send('POST', '/v1/session/totp/remove', { body: { currentPassword: PASSWORD } })
    await signIn(server, person.email)
    for (const action of ['started', 'enabled', 'removed']) {
      const [event] = await listAuditEvents(server, `member.totp_${action}`)
      expect(event).toMatchObject({
        actor: { type: 'member', id: person.id },
        target: { type: 'member', id: person.id },
        changes: {},
      })
    }
    const events = await listAuditEvents(server, 'session.created')
    const factors = events
      .filter(({ actor }) => actor.id === person.id)
      .map(({ changes }) => changes.factors.to)
    expect(factors).toStrictEqual([
      ['password'],
      ['password', 'recovery_code'],
      ['password', 'totp'],
      ['password'],
    ])
  })

  it('a wrong code is audited in the member’s organization', async () => {
    const { id, email } = await addProtected()
    server.clock.move(60_000)
    await signInWith(email, '000000')
    const [event] = await listAuditEvents(server, 'authentication.refused')
    expect(event).toMatchObject({
      target: { type: 'member', id },
      outcome: 'refused',
      reason: 'wrong_totp_code',
    })
  })

  it('store, audit log and server log contain no secret and no code', async () => {
    const person = await addProtected()
    const pending = await startTotp(person)
    const code = codeNow(person.totp)
    await signInWith(person.email, code)
    await signInWith(person.email, '999999')
    const replayed = await person.send('POST', '/v1/session/totp', {
      body: { currentPassword: PASSWORD },
      headers: { 'idempotency-key': 'totp-1' },
    })
    const replay = await person.send('POST', '/v1/session/totp', {
      body: { currentPassword: PASSWORD },
      headers: { 'idempotency-key': 'totp-1' },
    })
    expect(replay.body).toStrictEqual({ secret: null, url: null })
    const stored = JSON.stringify([await readTables(server), server.logLines])
    const secrets = [person.totp.secret, pending.secret, replayed.body.secret]
    const codes = person.totp.recoveryCodes.flatMap((text) => [text, text.replaceAll('-', '')])
    const raw = secrets.map((text) => Buffer.from(text, 'latin1').toString('base64url'))
    for (const secret of [...secrets, ...codes, ...raw]) expect(stored).not.toContain(secret)
    expect(stored).not.toMatch(new RegExp(`"${code}"`))
  })
})
