import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../../test/support/credentials.ts'
import { addPerson, listAuditEvents } from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('does', () => {
  it('a new organization has all features, the default policy and a slug derived from its name', async () => {
    const { status, body } = await server.send('POST', '/v1/organizations', {
      body: { name: 'Zephyr & Söhne' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      name: 'Zephyr & Söhne',
      slug: 'zephyr-sohne',
      operator: false,
      features: { issued: true, stored: true, webhooks: true },
      policy: { defaultLifetimeDays: 90, maxLifetimeDays: 366, permissionCeiling: null },
    })
  })

  it('a derived slug that is taken gets a suffix', async () => {
    const send = () => server.send('POST', '/v1/organizations', { body: { name: 'Twice' } })
    const [first, second] = await Promise.all([send(), send()])
    expect([first.status, second.status]).toStrictEqual([201, 201])
    expect(new Set([first.body.slug, second.body.slug]).size).toBe(2)
  })

  it('the operator can page through all organizations and search them by name', async () => {
    for (const name of ['Quokka One', 'Quokka Two', 'Quokka Three']) {
      server.clock.move(1)
      await server.send('POST', '/v1/organizations', { body: { name } })
    }
    const first = await server.send('GET', '/v1/organizations?q=qUOKKa&limit=2')
    expect(first.body.data).toHaveLength(2)
    const cursor = encodeURIComponent(first.body.nextCursor)
    const second = await server.send('GET', `/v1/organizations?q=qUOKKa&limit=2&cursor=${cursor}`)
    expect(second.body.nextCursor).toBeNull()
    const names = [...first.body.data, ...second.body.data].map(({ name }) => name)
    expect(names).toStrictEqual(['Quokka One', 'Quokka Two', 'Quokka Three'])
  })

  it('wildcards in a search text match literally', async () => {
    await server.send('POST', '/v1/organizations', { body: { name: 'Half 50%_off' } })
    const found = async (q: string) =>
      (await server.send('GET', `/v1/organizations?q=${encodeURIComponent(q)}`)).body.data.length
    expect(await found('50%_')).toBe(1)
    expect(await found('5%off')).toBe(0)
    expect(await found('\\')).toBe(0)
  })

  it('the operator can change features, policy and slug, and omitted fields stay unchanged', async () => {
    const { id } = await createOrganization(server, 'Changing')
    const changed = await server.send('PATCH', `/v1/organizations/${id}`, {
      body: { slug: 'changed-slug', features: { stored: false }, policy: { maxLifetimeDays: 30 } },
    })
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({
      name: 'Changing',
      slug: 'changed-slug',
      features: { issued: true, stored: false, webhooks: true },
      policy: { defaultLifetimeDays: 30, maxLifetimeDays: 30, permissionCeiling: null },
    })
    expect((await server.send('GET', `/v1/organizations/${id}`)).body).toStrictEqual(changed.body)
  })

  it('the routes of a disabled feature get not_found', async () => {
    const { id, manager } = await createOrganization(server, 'Featureless')
    const credentials = () => server.send('GET', '/v1/credentials', { as: manager })
    expect((await credentials()).status).toBe(200)
    await server.send('PATCH', `/v1/organizations/${id}`, { body: { features: { issued: false } } })
    expect((await credentials()).status).toBe(404)
    await server.send('PATCH', `/v1/organizations/${id}`, { body: { features: { issued: true } } })
    expect((await credentials()).status).toBe(200)
  })

  it('an organization can change its own name', async () => {
    const { id, manager } = await createOrganization(server, 'Before')
    const changed = await server.send('PATCH', `/v1/organizations/${id}`, {
      as: manager,
      body: { name: 'After' },
    })
    expect([changed.status, changed.body.name]).toStrictEqual([200, 'After'])
  })
})

describe('rejects', () => {
  it('callers of another organization see only their own organization', async () => {
    const { id, manager } = await createOrganization(server, 'Alone')
    const list = await server.send('GET', '/v1/organizations', { as: manager })
    expect(list.body.data.map((one: { id: string }) => one.id)).toStrictEqual([id])
    const foreign = await server.send('GET', `/v1/organizations/${server.operatorId}`, {
      as: manager,
    })
    const missing = await server.send('GET', '/v1/organizations/org_0', { as: manager })
    expect([foreign.status, missing.status]).toStrictEqual([404, 404])
    expect({ ...foreign.body, instance: '' }).toStrictEqual({ ...missing.body, instance: '' })
  })

  it('only the operator can create organizations, and change features, policy and slug', async () => {
    const { id, manager } = await createOrganization(server, 'Tenant')
    const created = await server.send('POST', '/v1/organizations', {
      as: manager,
      body: { name: 'Sub-tenant' },
    })
    expect([created.status, created.body.code]).toStrictEqual([403, 'operator_only'])
    for (const body of [{ slug: 'mine' }, { features: { issued: true } }, { policy: {} }]) {
      const changed = await server.send('PATCH', `/v1/organizations/${id}`, { as: manager, body })
      expect([changed.status, changed.body.code]).toStrictEqual([403, 'operator_only'])
    }
  })

  it('a member without organization.manage cannot read or change organizations', async () => {
    const person = await addPerson(server, { privileges: ['members.manage'] })
    expect((await person.send('GET', '/v1/organizations')).status).toBe(403)
    const path = `/v1/organizations/${server.operatorId}`
    expect((await person.send('PATCH', path, { body: { name: 'Mine' } })).status).toBe(403)
  })

  it('a requested slug that is taken gets already_exists, on creation and on update', async () => {
    await server.send('POST', '/v1/organizations', { body: { name: 'First', slug: 'wanted' } })
    const again = await server.send('POST', '/v1/organizations', {
      body: { name: 'Second', slug: 'wanted' },
    })
    expect([again.status, again.body.code]).toStrictEqual([409, 'already_exists'])
    const { id } = await createOrganization(server, 'Third')
    const moved = await server.send('PATCH', `/v1/organizations/${id}`, {
      body: { slug: 'wanted' },
    })
    expect([moved.status, moved.body.errors[0].pointer]).toStrictEqual([409, '/slug'])
  })

  it('a change of an outdated version gets precondition_failed', async () => {
    const { id } = await createOrganization(server, 'Versioned')
    const path = `/v1/organizations/${id}`
    const etag = (await server.send('GET', path)).headers.get('etag') ?? ''
    const change = (name: string) =>
      server.send('PATCH', path, { body: { name }, headers: { 'if-match': etag } })
    expect((await change('One')).status).toBe(200)
    const late = await change('Two')
    expect([late.status, late.body.code]).toStrictEqual([412, 'precondition_failed'])
  })

  it('a default lifetime beyond the maximum gets a problem that points at the field', async () => {
    const { status, body } = await server.send('POST', '/v1/organizations', {
      body: { name: 'Odd', policy: { defaultLifetimeDays: 60, maxLifetimeDays: 30 } },
    })
    expect([status, body.errors[0].pointer]).toStrictEqual([400, '/policy/defaultLifetimeDays'])
  })
})

describe('records', () => {
  it('a creation is audited with its actor', async () => {
    const { id } = await createOrganization(server, 'Recorded')
    const [event] = await listAuditEvents(server, 'organization.created')
    expect(event).toMatchObject({
      actor: { type: 'credential' },
      target: { type: 'organization', id, name: 'Recorded' },
      outcome: 'success',
    })
  })

  it('a change is audited with before and after, also in the log of the organization', async () => {
    const { id } = await createOrganization(server, 'Watched')
    const body = { name: 'Watched more', policy: { permissionCeiling: ['A_READ'] } }
    await server.send('PATCH', `/v1/organizations/${id}`, { body })
    for (const log of [undefined, id]) {
      const [event] = await listAuditEvents(server, 'organization.updated', log)
      expect(event.changes).toMatchObject({
        name: { from: 'Watched', to: 'Watched more' },
        'policy.permissionCeiling': { from: null, to: { count: 1, added: ['A_READ'] } },
      })
    }
  })

  it('a request without effect is not audited', async () => {
    const { id } = await createOrganization(server, 'Same')
    const path = `/v1/organizations/${id}`
    const { headers } = await server.send('PATCH', path, { body: { name: 'Same' } })
    expect(headers.get('etag')).toBe('"1"')
    expect(await listAuditEvents(server, 'organization.updated', id)).toStrictEqual([])
  })
})
