import { auditActionNames } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
} from '../../../../test/support/credentials.ts'
import type { Pair } from '../../../../test/support/server.ts'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'

let server: TestServer
let credential: IssuedCredential
let other: { readonly id: string; readonly manager: Pair }

beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
  other = await createOrganization(server, 'Other')
  credential = await createCredential(server, { name: 'Zeus' })
  server.clock.move(60_000)
  await server.send('POST', `/v1/credentials/${credential.id}/revoke`, { body: { reason: 'left' } })
})
afterAll(() => server.close())

const list = async (query: string, as?: Pair) => {
  const options = as === undefined ? {} : { as }
  const response = await server.send('GET', `/v1/audit-events?${query}`, options)
  return { ...response, data: response.body.data ?? [] }
}
const sequences = (events: { sequence: number }[]) => events.map(({ sequence }) => sequence)

describe('does', () => {
  it('lists events newest first, with all fields that the hash covers', async () => {
    const { status, data } = await list('limit=1')
    expect(status).toBe(200)
    expect(data[0]).toMatchObject({
      action: 'credential.revoked',
      at: '2027-03-01T12:01:00.000Z',
      actor: { type: 'credential' },
      target: { type: 'credential', id: credential.id, name: 'Zeus' },
      organizationId: server.operatorId,
      outcome: 'success',
      reason: 'left',
      ip: '127.0.0.1',
      requestId: expect.stringMatching(/^req_/),
      previousHash: expect.stringMatching(/^[\w-]{43}$/),
      hash: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(auditActionNames).toContain(data[0].action)
  })

  it.each(['', '&outcome=success', '&from=2027-03-01T00:00:00Z', '&sort=sequence'])(
    'pages return every event once%s',
    async (filter) => {
      const whole = sequences((await list(`limit=100${filter}`)).data)
      expect(whole.length).toBeGreaterThan(4)
      const sorted = whole.toSorted((a, b) => (filter === '&sort=sequence' ? a - b : b - a))
      expect(whole).toStrictEqual(sorted)
      const seen: number[] = []
      let cursor = ''
      do {
        const { body } = await list(`limit=2${filter}${cursor}`)
        seen.push(...sequences(body.data))
        cursor = body.nextCursor === null ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`
      } while (cursor !== '')
      expect(seen).toStrictEqual(whole)
    },
  )

  it('filters by action, actor, target, outcome and time', async () => {
    const revoked = await list('action=credential.revoked')
    expect(revoked.data).toHaveLength(1)
    expect((await list(`targetId=${credential.id}`)).data).toHaveLength(2)
    const actorId = revoked.data[0].actor.id
    expect((await list(`targetId=${credential.id}&actorId=${actorId}`)).data).toHaveLength(2)
    expect((await list(`targetId=${credential.id}&actorId=mem_x`)).data).toHaveLength(0)
    expect((await list(`targetId=${credential.id}&outcome=refused`)).data).toHaveLength(0)
    const minute = 'from=2027-03-01T12:01:00Z&to=2027-03-01T12:02:00Z'
    expect((await list(minute)).data).toHaveLength(1)
    expect((await list('to=2027-03-01T12:00:00Z')).data).toHaveLength(0)
    const before = await list(`targetId=${credential.id}&to=2027-03-01T12:01:00Z`)
    expect(before.data).toMatchObject([{ action: 'credential.created' }])
  })

  it('the operator can read another organization’s log, which contains only its own events', async () => {
    const theirs = await list(`organizationId=${other.id}&limit=100`)
    const own = await list('limit=100', other.manager)
    expect(own.data).toStrictEqual(theirs.data)
    expect(own.data.length).toBeGreaterThan(0)
    for (const event of own.data) expect(event.organizationId).toBe(other.id)
  })
})

describe('rejects', () => {
  it('another organization’s log gets not_found', async () => {
    const { status, body } = await list(`organizationId=${server.operatorId}`, other.manager)
    expect([status, body.code]).toStrictEqual([404, 'not_found'])
  })

  it('a caller without AUDIT_READ is rejected', async () => {
    const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
    const apiId = builtIn.body.data[0].id
    const weak = await createCredential(server, { apiId, permissions: ['API_READ'] })
    const { status, body } = await list('', weak)
    expect([status, body.code]).toStrictEqual([403, 'insufficient_permissions'])
    expect(body.requiredPermissions).toStrictEqual(['AUDIT_READ'])
  })

  it('a cursor of another list or organization, and a forged one, get invalid_cursor', async () => {
    const { body } = await list('limit=1')
    const cursor = encodeURIComponent(body.nextCursor)
    for (const query of [
      `limit=1&sort=sequence&cursor=${cursor}`,
      `limit=1&action=credential.created&cursor=${cursor}`,
      `limit=1&organizationId=${other.id}&cursor=${cursor}`,
      'cursor=x',
    ]) {
      const rejected = await list(query)
      expect([rejected.status, rejected.body.code]).toStrictEqual([400, 'invalid_cursor'])
    }
  })

  it('unknown actions, fields and times are rejected', async () => {
    for (const query of ['action=everything', 'colour=red', 'from=yesterday'])
      expect((await list(query)).status).toBe(400)
  })
})
