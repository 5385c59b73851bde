import { afterAll, beforeAll, expect, it } from 'vitest'
import { createContactsApi, createCredential } from '../../../../../test/support/credentials.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import type { Change, ChangeFeed, Subscriber } from '../../store/change-feed.ts'
import { createCredentialCache } from './credential-cache.ts'

let server: TestServer
let apiId: string

beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
})
afterAll(() => server.close())

/** A cache on the store of the server, whose changes the test announces. */
function createCache() {
  const subscribers: Subscriber[] = []
  const feed: ChangeFeed = {
    isFresh: () => true,
    subscribe: (subscriber) => void subscribers.push(subscriber),
    catchUp: async () => undefined,
    stop: async () => undefined,
  }
  const { db } = server.program.systemContext(server.operatorId)
  return {
    ...createCredentialCache(db, feed),
    announce: (kind: Change['kind'], subjectId: string): void => {
      for (const { onChange } of subscribers) void onChange({ kind, organizationId: '', subjectId })
    },
  }
}

it('a credential is found by its ID, client ID and digest, but not by its ID as a client ID', async () => {
  const { id, clientId } = await createCredential(server)
  const { load, peek } = createCache()
  const credential = await load({ by: 'clientId', value: clientId })
  const digest = credential?.secrets[0]?.digest ?? ''
  expect(peek({ by: 'id', value: id })).toBe(credential)
  expect(peek({ by: 'digest', value: digest })).toBe(credential)
  for (const value of [id, digest]) expect(peek({ by: 'clientId', value })).toBeUndefined()
  for (const value of [clientId, digest]) expect(peek({ by: 'id', value })).toBeUndefined()
})

it.each([
  ['of the credential', 'credential.changed'],
  ['of its API', 'api.changed'],
] as const)('a read that began before a change %s is not cached', async (_, kind) => {
  const { id } = await createCredential(server)
  const { load, peek, announce } = createCache()
  const before = load({ by: 'id', value: id })
  announce(kind, kind === 'api.changed' ? apiId : id)
  const after = load({ by: 'id', value: id })
  const [outdated, current] = await Promise.all([before, after])
  expect(outdated).toMatchObject({ id })
  expect(current).not.toBe(outdated)
  expect(peek({ by: 'id', value: id })).toBe(current)
})

it('a change of another credential does not prevent caching', async () => {
  const { id } = await createCredential(server)
  const { load, peek, announce } = createCache()
  const read = load({ by: 'id', value: id })
  announce('credential.changed', 'cred_01jd0000000000000000000000')
  expect(peek({ by: 'id', value: id })).toBeUndefined()
  expect(await read).toBe(peek({ by: 'id', value: id }))
})
