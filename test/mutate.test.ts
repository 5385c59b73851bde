import { type ChangeKind, type EventType, eventTypes } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './support/server.ts'

// The only way to write: rows, audit events and change records commit together or not at all.

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const context = () => server.program.systemContext(server.operatorId)
const audit = {
  action: 'organization.updated',
  target: { type: 'organization', id: null, name: 'Acme' },
} as const
const newest = async () => (await server.send('GET', '/v1/audit-events?limit=1')).body.data[0]

describe('does', () => {
  it('rows and audit events commit together, and the result is returned', async () => {
    const result = await context().mutate(async (tx) => {
      await tx.updateTable('organizations').set({ name: 'Acme Ltd' }).execute()
      return { result: 42, audit }
    })
    expect(result).toBe(42)
    expect((await server.send('GET', `/v1/organizations/${server.operatorId}`)).body.name).toBe(
      'Acme Ltd',
    )
    expect(await newest()).toMatchObject({
      action: 'organization.updated',
      actor: { type: 'system' },
    })
  })
})

describe('change records', () => {
  const changesAfter = async (seq: number) =>
    context()
      .db.selectFrom('changes')
      .select(['kind', 'organizationId', 'subjectId'])
      .where('seq', '>', seq)
      .orderBy('seq')
      .execute()
  const lastSeq = async () => {
    const row = await context()
      .db.selectFrom('changes')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.seq ?? 0
  }
  const target = { type: 'any', id: 'subject', name: 'Subject' }

  it.each(Object.entries(eventTypes as Record<string, EventType>))(
    '%s writes the change records of its row in eventTypes',
    async (action, { change, affects = [] }) => {
      const before = await lastSeq()
      const affected = Object.fromEntries(affects.map((kind) => [kind, ['other']]))
      // safe because the table names the affected kinds of each action
      const entry = { action, target, ...(affects.length > 0 ? { affected } : {}) } as never
      await context().mutate(async () => ({ result: undefined, audit: entry }))
      const kinds: [ChangeKind, string][] = [
        ...(typeof change === 'string' ? [[change, 'subject'] as [ChangeKind, string]] : []),
        ...affects.map((kind) => [kind, 'other'] as [ChangeKind, string]),
      ]
      expect(await changesAfter(before)).toEqual(
        kinds.map(([kind, subjectId]) => ({
          kind,
          subjectId,
          organizationId: server.operatorId,
        })),
      )
    },
  )

  it('name each subject once, however many entries concern it', async () => {
    const before = await lastSeq()
    const entry = { action: 'organization.updated', target } as const
    await context().mutate(async () => ({ result: undefined, audit: [entry, entry] }))
    expect(await changesAfter(before)).toHaveLength(1)
  })

  it('are required for affected subjects, at compile time', () => {
    const { mutate } = context()
    const deleted = { action: 'connection.deleted', target } as const
    const listed = { ...deleted, action: 'api.updated', affected: { 'api.changed': [] } } as const
    // @ts-expect-error deleting a connection affects the cached lookups of its integration
    const unaudited = () => mutate(async () => ({ result: 1, audit: deleted }))
    // @ts-expect-error an update of an API affects no other subject
    const unknown = () => mutate(async () => ({ result: 1, audit: listed }))
    expect([unaudited, unknown]).toHaveLength(2)
  })
})

describe('rejects', () => {
  it('a write that throws leaves neither rows nor audit events', async () => {
    const before = await newest()
    const failing = context().mutate(async (tx) => {
      await tx.updateTable('organizations').set({ name: 'Never' }).execute()
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect((await server.send('GET', `/v1/organizations/${server.operatorId}`)).body.name).not.toBe(
      'Never',
    )
    expect(await newest()).toEqual(before)
  })

  it('a write without an audit event does not compile', () => {
    const { mutate } = context()
    const result = 1
    const wrong = { ...audit, action: 'x' } as const
    // @ts-expect-error an unaudited write does not compile
    const unaudited = () => mutate(async () => ({ result }))
    // @ts-expect-error an empty list of events does not compile
    const empty = () => mutate(async () => ({ result, audit: [] }))
    // @ts-expect-error an unknown action does not compile
    const unknown = () => mutate(async () => ({ result, audit: wrong }))
    expect([unaudited, empty, unknown]).toHaveLength(3)
  })

  it('the read-only handle cannot write, on either store', async () => {
    const { db } = context()
    // safe because the test verifies that the store rejects the write
    const writer = db as unknown as Parameters<
      Parameters<ReturnType<typeof context>['mutate']>[0]
    >[0]
    await expect(
      writer.updateTable('organizations').set({ name: 'Never' }).execute(),
    ).rejects.toThrow(/read-?only/i)
  })
})
