import { createHash } from 'node:crypto'
import { auditHashInput, parseAuditEvent } from '@keyporter/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../test/support/credentials.ts'
import { runSql } from '../../../../test/support/raw-sql.ts'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'

let server: TestServer
let organizationId: string
let ours: string

beforeAll(async () => {
  server = await startTestServer()
  organizationId = (await createOrganization(server, 'Tampered')).id
  ours = `organization_id = '${organizationId}'`
  for (let count = 0; count < 6; count += 1) await addMember(count)
})
afterAll(() => server.close())

const addMember = (number: number) =>
  server.send('POST', '/v1/members', {
    body: { organizationId, email: `m${number}@example.com`, name: 'M', privileges: [] },
  })
const verify = async (query = '') => {
  const path = `/v1/audit-events/verify?organizationId=${organizationId}${query}`
  const { status, body } = await server.send('GET', path)
  expect(status).toBe(200)
  return body
}
const events = async () => {
  const path = `/v1/audit-events?organizationId=${organizationId}&sort=sequence&limit=100`
  return (await server.send('GET', path)).body.data
}

/** Runs the statements, verifies the chain, and restores the tables. */
async function afterSql(...statements: string[]) {
  const backup = ['audit_events', 'audit_heads'].flatMap((table) => [
    `create table kept_${table} as select * from ${table}`,
  ])
  const restore = ['audit_events', 'audit_heads'].flatMap((table) => [
    `delete from ${table}`,
    `insert into ${table} select * from kept_${table}`,
    `drop table kept_${table}`,
  ])
  await runSql(server, ...backup)
  try {
    await runSql(server, ...statements)
    return await verify()
  } finally {
    await runSql(server, ...restore)
  }
}

describe('does', () => {
  it('an untouched chain is intact', async () => {
    const all = await events()
    expect(await verify()).toStrictEqual({
      intact: true,
      checked: all.length,
      head: { sequence: all.length, hash: all.at(-1).hash },
    })
  })

  it('a chain of concurrent appends is intact and without gaps', async () => {
    const requests = Array.from({ length: 8 }, (_, index) => addMember(100 + index))
    const responses = await Promise.all(requests)
    expect(responses.map(({ status }) => status)).toStrictEqual(Array(8).fill(201))
    expect(await verify()).toMatchObject({ intact: true })
    expect((await events()).map((event: { sequence: number }) => event.sequence)).toStrictEqual(
      Array.from({ length: (await events()).length }, (_, index) => index + 1),
    )
  })

  it('a saved head is accepted', async () => {
    const [, , third] = await events()
    expect(await verify(`&sequence=3&hash=${third.hash}`)).toMatchObject({ intact: true })
    expect(await verify('&sequence=0&hash=')).toMatchObject({ intact: true })
  })

  it('an organization without events has an empty head', async () => {
    await runSql(
      server,
      `insert into organizations (id, name, slug, operator, features, policy, created_at, updated_at, version)
       select 'org_00000000000000000000000000', name, 'empty', 0, features, policy, created_at, updated_at, version
       from organizations where id = '${organizationId}'`,
    )
    const { body } = await server.send(
      'GET',
      '/v1/audit-events/verify?organizationId=org_00000000000000000000000000',
    )
    expect(body).toStrictEqual({ intact: true, checked: 0, head: { sequence: 0, hash: '' } })
  })
})

describe('detects', () => {
  it('an edited event', async () => {
    const found = await afterSql(
      `update audit_events set actor_name = 'Eve' where ${ours} and sequence = 3`,
    )
    expect(found).toMatchObject({
      intact: false,
      checked: 2,
      firstProblem: { sequence: 3, kind: 'altered' },
    })
  })

  it('a removed event', async () => {
    const found = await afterSql(`delete from audit_events where ${ours} and sequence = 2`)
    expect(found.firstProblem).toMatchObject({ sequence: 2, kind: 'missing' })
  })

  it('an inserted event', async () => {
    const columns = `at, action, actor_type, actor_id, actor_name, target_type, target_id,
      target_name, outcome, reason, ip, request_id, changes, previous_hash, hash, mac`
    const found = await afterSql(
      `insert into audit_events (organization_id, sequence, id, ${columns})
       select organization_id, 0, 'aud_forged', ${columns}
       from audit_events where ${ours} and sequence = 1`,
    )
    expect(found.firstProblem).toMatchObject({ sequence: 0 })
  })

  it('swapped events', async () => {
    const found = await afterSql(
      `update audit_events set sequence = -sequence where ${ours} and sequence in (3, 4)`,
      `update audit_events set sequence = 7 + sequence where ${ours} and sequence < 0`,
    )
    expect(found.firstProblem).toMatchObject({ sequence: 3, kind: 'broken_link' })
  })

  it('a truncated chain', async () => {
    const { head } = await verify()
    const found = await afterSql(
      `delete from audit_events where ${ours} and sequence = ${head.sequence}`,
    )
    expect(found.firstProblem).toMatchObject({ sequence: head.sequence, kind: 'truncated' })
  })

  it('a truncated chain whose head was moved back without the audit key', async () => {
    const { head } = await verify()
    const found = await afterSql(
      `delete from audit_events where ${ours} and sequence = ${head.sequence}`,
      `update audit_heads set sequence = sequence - 1, hash =
         (select hash from audit_events where ${ours} and sequence = ${head.sequence} - 1) where ${ours}`,
    )
    expect(found.firstProblem).toMatchObject({ kind: 'head_forged' })
  })

  it('a missing head', async () => {
    const found = await afterSql(`delete from audit_heads where ${ours}`)
    expect(found.firstProblem).toMatchObject({ kind: 'head_missing' })
  })

  it('a head that was replaced by an older one with a valid MAC', async () => {
    await runSql(server, 'create table older_heads as select * from audit_heads')
    await addMember(200)
    const { head } = await verify()
    const found = await afterSql(
      `delete from audit_heads where ${ours}`,
      `insert into audit_heads select * from older_heads where ${ours}`,
    )
    expect(found.firstProblem).toMatchObject({ sequence: head.sequence, kind: 'beyond_head' })
  })

  it('a chain that was rewritten without the audit key', async () => {
    const rewritten: string[] = []
    let previousHash = ''
    for (const event of await events()) {
      const link = parseAuditEvent({
        ...event,
        actor: { ...event.actor, name: 'Eve' },
        previousHash,
      })
      if (link === undefined) throw new Error('not an event')
      const hash = createHash('sha256').update(auditHashInput(link)).digest('base64url')
      rewritten.push(
        `update audit_events set actor_name = 'Eve', previous_hash = '${previousHash}', hash = '${hash}'
         where ${ours} and sequence = ${link.sequence}`,
      )
      previousHash = hash
    }
    const found = await afterSql(
      ...rewritten,
      `update audit_heads set hash = '${previousHash}' where ${ours}`,
    )
    expect(found).toMatchObject({ checked: 0, firstProblem: { sequence: 1, kind: 'invalid_mac' } })
  })

  it('an event that was moved from another organization', async () => {
    const found = await afterSql(
      `delete from audit_events where ${ours} and sequence = 1`,
      `update audit_events set organization_id = '${organizationId}'
       where organization_id = '${server.operatorId}' and sequence = 1`,
    )
    expect(found.firstProblem).toMatchObject({ sequence: 1, kind: 'altered' })
  })

  it('a truncated log, with a saved head', async () => {
    const { head } = await verify()
    const found = await verify(`&sequence=${head.sequence + 5}&hash=${head.hash}`)
    expect(found.firstProblem).toMatchObject({ sequence: head.sequence + 1, kind: 'truncated' })
  })

  it('a different history, with a saved head', async () => {
    const found = await verify('&sequence=2&hash=AAAA')
    expect(found.firstProblem).toMatchObject({ sequence: 2, kind: 'different_head' })
  })
})

describe('rejects', () => {
  it('a head without its hash is rejected', async () => {
    const { status, body } = await server.send('GET', '/v1/audit-events/verify?sequence=3')
    expect(status).toBe(400)
    expect(body.errors).toMatchObject([{ pointer: '/query/hash', code: 'required' }])
  })
})

describe('detects, without the constraints of the tables,', () => {
  it('a duplicate sequence number', async () => {
    await runSql(
      server,
      'create table loose_events as select * from audit_events',
      'drop table audit_events',
      'alter table loose_events rename to audit_events',
      `insert into audit_events select * from audit_events where ${ours} and sequence = 2`,
    )
    expect((await verify()).firstProblem).toMatchObject({ sequence: 2, kind: 'duplicate' })
  })
})
