import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './support/server.ts'

// The one door to writing: rows, audit and changes commit together or not at all.

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
const newest = async () => (await server.ask('GET', '/v1/audit-events?limit=1')).body.data[0]

describe('does', () => {
  it('commit rows and audit together, and give the result', async () => {
    const result = await context().mutate(async (tx) => {
      await tx.updateTable('organizations').set({ name: 'Acme Ltd' }).execute()
      return { result: 42, audit, changes: [] }
    })
    expect(result).toBe(42)
    expect((await server.ask('GET', `/v1/organizations/${server.operatorId}`)).body.name).toBe(
      'Acme Ltd',
    )
    expect(await newest()).toMatchObject({
      action: 'organization.updated',
      actor: { type: 'system' },
    })
  })
})

describe('refuses', () => {
  it('a write that throws: neither row nor audit is there', async () => {
    const before = await newest()
    const failing = context().mutate(async (tx) => {
      await tx.updateTable('organizations').set({ name: 'Never' }).execute()
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect((await server.ask('GET', `/v1/organizations/${server.operatorId}`)).body.name).not.toBe(
      'Never',
    )
    expect(await newest()).toEqual(before)
  })

  it('a write without audit, at compile time', () => {
    const { mutate } = context()
    const result = 1
    const wrong = { ...audit, action: 'x' } as const
    // @ts-expect-error an unaudited write does not compile
    const silent = () => mutate(async () => ({ result, changes: [] }))
    // @ts-expect-error nor does one with an empty list of events
    const empty = () => mutate(async () => ({ result, audit: [], changes: [] }))
    // @ts-expect-error nor one with an action that the contract does not know
    const unknown = () => mutate(async () => ({ result, audit: wrong, changes: [] }))
    expect([silent, empty, unknown]).toHaveLength(3)
  })

  it('writing through the handle that reads, on either store', async () => {
    const { db } = context()
    // safe because the test wants to do what the type forbids
    const writer = db as unknown as Parameters<
      Parameters<ReturnType<typeof context>['mutate']>[0]
    >[0]
    await expect(
      writer.updateTable('organizations').set({ name: 'Never' }).execute(),
    ).rejects.toThrow(/read-?only/i)
  })
})
