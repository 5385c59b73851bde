import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPerson, listAuditEvents, signIn } from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const defaults = { theme: 'system', timeZone: null, locale: 'en' }

describe('does', () => {
  it('preferences apply to all sessions of the member, and omitted fields stay unchanged', async () => {
    const one = await addPerson(server)
    expect((await one.send('GET', '/v1/session')).body.preferences).toStrictEqual(defaults)
    const body = { theme: 'dark', timeZone: 'Europe/Berlin', locale: 'en-XA' }
    const changed = await one.send('PATCH', '/v1/session', { body })
    expect([changed.status, changed.body.preferences, changed.body.member.id]).toStrictEqual([
      200,
      body,
      one.id,
    ])
    await one.send('PATCH', '/v1/session', { body: { timeZone: null } })
    const two = await signIn(server, one.email)
    expect((await two.send('GET', '/v1/session')).body.preferences).toStrictEqual({
      ...body,
      timeZone: null,
    })
    const other = await addPerson(server)
    expect((await other.send('GET', '/v1/session')).body.preferences).toStrictEqual(defaults)
  })

  it('a change does not change the version of the member resource', async () => {
    const person = await addPerson(server)
    const path = `/v1/members/${person.id}`
    const before = await server.send('GET', path)
    await person.send('PATCH', '/v1/session', { body: { theme: 'light' } })
    const after = await server.send('GET', path)
    expect([after.headers.get('etag'), after.body]).toStrictEqual([
      before.headers.get('etag'),
      before.body,
    ])
  })

  it('a credential has no preferences', async () => {
    expect((await server.send('GET', '/v1/session')).body.preferences).toBeNull()
  })
})

describe('rejects', () => {
  it.each([
    { theme: 'blue' },
    { theme: null },
    { locale: 'de' },
    { timeZone: 'Europe/Atlantis' },
    { timeZone: '+02:00' },
    { timeZone: '' },
    { timeZone: 'Europe/Berlin\0' },
    { colour: 'red' },
  ])('%j', async (body) => {
    const person = await addPerson(server)
    const { status } = await person.send('PATCH', '/v1/session', { body })
    expect(status).toBe(400)
    expect((await person.send('GET', '/v1/session')).body.preferences).toStrictEqual(defaults)
  })

  it('a credential and an anonymous caller cannot set preferences', async () => {
    const responses = [
      await server.send('PATCH', '/v1/session', { body: { theme: 'dark' } }),
      await server.send('POST', '/v1/session/password', {
        body: { currentPassword: 'x', newPassword: 'another harbour 28' },
      }),
    ]
    expect(responses.map(({ status }) => status)).toStrictEqual([404, 404])
    expect(responses[0]?.body.detail).toBe(responses[1]?.body.detail)
    expect((await server.send('PATCH', '/v1/session', { as: null, body: {} })).status).toBe(401)
  })
})

describe('records', () => {
  it('a change is audited, and a request without effect is not', async () => {
    const person = await addPerson(server)
    const of = async () =>
      (await listAuditEvents(server, 'member.updated')).filter(
        ({ target }) => target.id === person.id,
      )
    await person.send('PATCH', '/v1/session', { body: { theme: 'system' } })
    expect(await of()).toStrictEqual([])
    await person.send('PATCH', '/v1/session', { body: { theme: 'dark', locale: 'en' } })
    expect(await of()).toMatchObject([
      { actor: { id: person.id }, changes: { theme: { from: 'system', to: 'dark' } } },
    ])
  })
})
