import { afterEach, expect, it } from 'vitest'
import { classifyStoreError } from '../../packages/server/src/store/faults.ts'
import { openStore } from '../../packages/server/src/store/open.ts'
import { createTestDatabase, requirePostgres } from '../support/postgres.ts'
import { openPostgresProxy, type PostgresProxy } from '../support/postgres-proxy.ts'

// The timeout of a new connection, and the timeout of a wait for a free connection.

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function open() {
  const database = await createTestDatabase()
  stops.push(() => database.drop())
  const proxy: PostgresProxy = await openPostgresProxy(database.url)
  stops.push(() => proxy.close())
  const store = await openStore({ kind: 'postgres', url: proxy.url })
  stops.push(() => store.close())
  const change = (seconds: number) =>
    store.transact(async (tx) =>
      tx.selectNoFrom(({ fn, val }) => fn('pg_sleep', [val(seconds)]).as('slept')).execute(),
    )
  return { proxy, change }
}

it('a burst of writes waits longer for a free connection than for a new one', async (ctx) => {
  requirePostgres(ctx)
  const { change } = await open()
  const all = Array.from({ length: 20 }, () => change(4))
  expect((await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')).toEqual([])
})

it('a connection that is not established within three seconds fails', {
  timeout: 60_000,
}, async (ctx) => {
  requirePostgres(ctx)
  const { proxy, change } = await open()
  proxy.pause()
  const startedMs = performance.now()
  // The pool has one connection, which is in use. The others are new.
  const [, ...others] = Array.from({ length: 3 }, () => change(0).catch((error: unknown) => error))
  const faults = (await Promise.all(others)).map(classifyStoreError)
  expect(faults).toEqual(['unavailable', 'unavailable'])
  expect(performance.now() - startedMs).toBeLessThan(15_000)
  proxy.restore()
})
