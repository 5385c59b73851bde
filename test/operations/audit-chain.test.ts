import { routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../support/credentials.ts'
import { runSql } from '../support/raw-sql.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// An intruder with write access to the database can change the log, but not without detection.
// Changes of single events and of the head are tested beside `audit/verify.ts`.

let server: TestServer
let organizationId: string
let whereOrganization: string

beforeAll(async () => {
  server = await startTestServer()
  organizationId = (await createOrganization(server, 'Tampered')).id
  whereOrganization = `organization_id = '${organizationId}'`
  for (let count = 0; count < 3; count += 1) await addMember()
})
afterAll(() => server.close())

let members = 0
async function addMember(): Promise<void> {
  members += 1
  const email = `member-${members}@example.org`
  const body = { organizationId, email, name: 'M', privileges: [] }
  expect((await server.send('POST', '/v1/members', { body })).status).toBe(201)
}

async function verify(head?: { readonly sequence: number; readonly hash: string }) {
  const saved = head === undefined ? '' : `&sequence=${head.sequence}&hash=${head.hash}`
  const path = `/v1/audit-events/verify?organizationId=${organizationId}${saved}`
  return (await server.send('GET', path)).body
}

describe('a log that was reset to an earlier state, including its head,', () => {
  it('is consistent by itself, and is detected with a head that was stored elsewhere', async () => {
    const early = (await verify()).head
    await runSql(server, 'create table early_heads as select * from audit_heads')
    await addMember()
    await addMember()
    const saved = (await verify()).head
    expect(saved.sequence).toBe(early.sequence + 2)

    await runSql(
      server,
      `delete from audit_events where ${whereOrganization} and sequence > ${early.sequence}`,
      `delete from audit_heads where ${whereOrganization}`,
      `insert into audit_heads select * from early_heads where ${whereOrganization}`,
    )
    expect(await verify()).toMatchObject({ intact: true, head: early })
    expect(await verify(saved)).toMatchObject({
      intact: false,
      firstProblem: { kind: 'truncated', sequence: early.sequence + 1 },
    })
    // New events up to the same number do not hide the reset.
    await addMember()
    await addMember()
    expect(await verify()).toMatchObject({ intact: true, head: { sequence: saved.sequence } })
    expect(await verify(saved)).toMatchObject({
      intact: false,
      firstProblem: { kind: 'different_head', sequence: saved.sequence },
    })
    expect(await verify(early)).toMatchObject({ intact: true })
  })
})

describe('the events of an organization', () => {
  it('cannot be moved to another organization together with their head', async () => {
    const other = (await createOrganization(server, 'Other')).id
    await runSql(
      server,
      `delete from audit_events where organization_id = '${other}'`,
      `delete from audit_heads where organization_id = '${other}'`,
      `update audit_events set organization_id = '${other}' where ${whereOrganization}`,
      `update audit_heads set organization_id = '${other}' where ${whereOrganization}`,
    )
    const path = `/v1/audit-events/verify?organizationId=${other}`
    expect((await server.send('GET', path)).body).toMatchObject({
      intact: false,
      firstProblem: { sequence: 1, kind: 'altered' },
    })
  })

  it('are readable through the API, and can be neither changed nor deleted', () => {
    const methods = routeList
      .filter(({ path }) => path.startsWith('/v1/audit-events'))
      .map(({ method }) => method)
    expect(new Set(methods)).toEqual(new Set(['GET']))
  })
})
