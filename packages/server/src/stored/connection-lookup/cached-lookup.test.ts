import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIntegration, putConnection } from '../../../../../test/support/integrations.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import type { Context } from '../../kernel/context.ts'
import type { Change, Subscriber } from '../../store/change-feed.ts'
import { createConnectionLookup } from './cached-lookup.ts'

let server: TestServer
let ctx: Context

beforeAll(async () => {
  server = await startTestServer()
  ctx = server.program.systemContext(server.operatorId)
})
afterAll(() => server.close())

/** A lookup on the store of the server, whose changes and pauses the test decides. */
function createLookup() {
  const subscribers: Subscriber[] = []
  let paused: { readonly begun: () => void; readonly resume: Promise<undefined> } | undefined
  let readCount = 0
  const { organizationEncryption } = ctx
  const lookup = createConnectionLookup({
    db: ctx.db,
    organizationEncryption: {
      ...organizationEncryption,
      // Decryption is the last step of a read.
      decrypt: async (...ciphertext) => {
        readCount += 1
        const pause = paused
        paused = undefined
        pause?.begun()
        await pause?.resume
        return organizationEncryption.decrypt(...ciphertext)
      },
    },
    feed: { isFresh: () => true, subscribe: (subscriber) => void subscribers.push(subscriber) },
  })
  return {
    tokenOf: async (integrationId: string) => {
      const { auth } = await lookup.requireConnection({
        integrationId,
        organizationId: undefined,
        actor: {
          kind: 'member',
          id: 'mem_01jd0000000000000000000000',
          name: 'Kari',
          organizationId: server.operatorId,
          permissions: new Set(),
          sessionId: '',
        },
        operator: true,
        sameEnvironment: false,
      })
      return auth.kind === 'bearer' ? auth.token : auth.kind
    },
    announce: (kind: Change['kind'], subjectId: string): void => {
      for (const { onChange } of subscribers) void onChange({ kind, organizationId: '', subjectId })
    },
    readCount: () => readCount,
    /** Pauses the next read before its decryption. */
    pauseRead: () => {
      const begun = Promise.withResolvers<undefined>()
      const resume = Promise.withResolvers<undefined>()
      paused = { begun: () => begun.resolve(undefined), resume: resume.promise }
      return { begun: begun.promise, resume: () => resume.resolve(undefined) }
    },
  }
}

const withToken = (token: string) => ({ auth: { kind: 'bearer', token } })

describe('does', () => {
  it('a connection is read once, until it changes', async () => {
    const integration = await createIntegration(server)
    const { id } = await putConnection(server, integration, withToken('first'))
    const { tokenOf, announce, readCount } = createLookup()
    await tokenOf(integration.id)
    expect([await tokenOf(integration.id), readCount()]).toEqual(['first', 1])
    await putConnection(server, integration, withToken('second'))
    announce('connection.changed', id)
    expect([await tokenOf(integration.id), readCount()]).toEqual(['second', 2])
  })

  it('concurrent lookups share the read of a connection', async () => {
    const integration = await createIntegration(server)
    await putConnection(server, integration, withToken('first'))
    const { tokenOf, readCount } = createLookup()
    await Promise.all([tokenOf(integration.id), tokenOf(integration.id), tokenOf(integration.id)])
    expect(readCount()).toBe(1)
  })

  it('a change of another connection does not prevent caching', async () => {
    const integration = await createIntegration(server)
    await putConnection(server, integration, withToken('first'))
    const { tokenOf, announce, pauseRead, readCount } = createLookup()
    const read = pauseRead()
    const token = tokenOf(integration.id)
    await read.begun
    announce('connection.changed', 'conn_01jd0000000000000000000000')
    read.resume()
    expect([await token, await tokenOf(integration.id), readCount()]).toEqual(['first', 'first', 1])
  })
})

describe('refuses', () => {
  it.each(['connection.changed', 'organization_keys.changed'] as const)(
    'a read that began before %s is not cached',
    async (kind) => {
      const integration = await createIntegration(server)
      const { id } = await putConnection(server, integration, withToken('first'))
      const { tokenOf, announce, pauseRead } = createLookup()
      const read = pauseRead()
      const before = tokenOf(integration.id)
      await read.begun
      await putConnection(server, integration, withToken('second'))
      announce(kind, id)
      const after = tokenOf(integration.id)
      expect(await after).toBe('second')
      read.resume()
      await before
      expect(await tokenOf(integration.id)).toBe('second')
    },
  )

  it('a connection that was read for the previous version of its integration is not used', async () => {
    const integration = await createIntegration(server, { organizationSpecific: false })
    await putConnection(server, integration, withToken('first'))
    const { tokenOf, announce, pauseRead, readCount } = createLookup()
    const read = pauseRead()
    const before = tokenOf(integration.id)
    await read.begun
    announce('integration.changed', integration.id)
    read.resume()
    await before
    await tokenOf(integration.id)
    expect(readCount()).toBe(2)
  })
})
