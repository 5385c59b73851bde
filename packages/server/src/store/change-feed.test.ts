import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useTestStore } from '../../../../test/support/test-store.ts'
import { appendChanges, type ChangeFeed, followChanges } from './change-feed.ts'
import type { Writer } from './open.ts'

const store = useTestStore()

const changeOf = (subjectId: string) =>
  ({ kind: 'api.changed', organizationId: 'org_1', subjectId }) as const

let feed: ChangeFeed
/** The subjects of the changes, and each gap, in the order in which the feed reported them. */
let seen: string[]
/** How many calls of the subscriber fail. */
let failuresLeft: number

beforeEach(async () => {
  seen = []
  failuresLeft = 0
  await store().transact((tx) => append(tx, 'start'))
  feed = await follow()
})
afterEach(() => feed.stop())

async function follow(): Promise<ChangeFeed> {
  const followed = await followChanges(store())
  followed.subscribe({
    onChange: ({ subjectId }) => report(subjectId),
    onGap: () => report('gap'),
  })
  return followed
}

function report(one: string): void {
  failuresLeft -= 1
  if (failuresLeft >= 0) throw new Error('the store is unavailable')
  seen.push(one)
}

const append = (tx: Writer, ...subjectIds: string[]) =>
  appendChanges(tx, subjectIds.map(changeOf), 1)

/** Commits changes of which the reader finds only the newest, like one that was away for a day. */
async function commitWithLoss(lost: readonly string[], newest: string): Promise<void> {
  await store().transact(async (tx) => {
    await append(tx, ...lost, newest)
    const { seq } = await tx
      .selectFrom('changes')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .executeTakeFirstOrThrow()
    await tx.deleteFrom('changes').where('seq', '<', seq).execute()
  })
  await feed.catchUp()
}

it('a feed that cannot be read is not fresh, and recovers without another commit', async () => {
  failuresLeft = 2
  await store().transact((tx) => append(tx, 'api_1'))
  await feed.catchUp()
  expect([feed.isFresh(), seen]).toStrictEqual([false, []])
  await expect.poll(() => feed.isFresh()).toBe(true)
  expect(seen).toStrictEqual(['api_1'])
})

it('a caller waits for one read that began after its call, however many follow', async () => {
  const chain = 40
  const busy = await followChanges(store())
  let handled = 0
  busy.subscribe({
    onChange: async () => {
      handled += 1
      // Each change causes another one, so that a read follows each read.
      if (handled < chain) await store().transact((tx) => append(tx, `${handled}`))
      void busy.catchUp()
    },
    onGap: () => undefined,
  })
  try {
    await store().transact((tx) => append(tx, 'first'))
    await busy.catchUp()
    expect(handled).toBeGreaterThan(0)
    expect(handled).toBeLessThan(chain)
    await expect.poll(() => handled).toBe(chain)
  } finally {
    await busy.stop()
  }
})

describe('a gap', () => {
  it('is reported before the changes that remain', async () => {
    await store().transact((tx) => append(tx, 'before'))
    await feed.catchUp()
    await commitWithLoss(['lost 1', 'lost 2'], 'kept')
    expect(seen).toStrictEqual(['before', 'gap', 'kept'])
    await store().transact((tx) => append(tx, 'after'))
    await feed.catchUp()
    expect(seen).toStrictEqual(['before', 'gap', 'kept', 'after'])
  })

  it('keeps the feed stale until every subscriber has handled it', async () => {
    await store().transact((tx) => append(tx, 'before'))
    await feed.catchUp()
    failuresLeft = 2
    await commitWithLoss(['lost'], 'kept')
    expect([feed.isFresh(), seen]).toStrictEqual([false, ['before']])
    await expect.poll(() => feed.isFresh()).toBe(true)
    expect(seen).toStrictEqual(['before', 'gap', 'kept'])
  })

  it('is also a feed that ends before the position of the reader', async () => {
    await store().transact((tx) => append(tx, 'one', 'two', 'three'))
    await feed.catchUp()
    // An older copy of the database, as after a failover to a replica that was behind.
    await store().transact(async (tx) => {
      const newest = await tx
        .selectFrom('changes')
        .select('seq')
        .orderBy('seq', 'desc')
        .limit(2)
        .execute()
      const seqs = newest.map(({ seq }) => seq)
      await tx.deleteFrom('changes').where('seq', 'in', seqs).execute()
    })
    await feed.catchUp()
    expect(seen).toStrictEqual(['one', 'two', 'three', 'gap'])
    await feed.catchUp()
    expect([seen.length, feed.isFresh()]).toStrictEqual([4, true])
  })

  it('is also an empty feed', async () => {
    await store().transact((tx) => append(tx, 'one'))
    await feed.catchUp()
    await store().transact(async (tx) => void (await tx.deleteFrom('changes').execute()))
    await feed.catchUp()
    await feed.catchUp()
    expect([seen, feed.isFresh()]).toStrictEqual([['one', 'gap'], true])
  })

  it('is not reported when all read changes were deleted except the newest', async () => {
    await store().transact((tx) => append(tx, 'one', 'two'))
    await feed.catchUp()
    await commitWithLoss([], 'three')
    await store().transact((tx) => append(tx, 'four'))
    await feed.catchUp()
    expect(seen).toStrictEqual(['one', 'two', 'three', 'four'])
  })

  it('is not reported to a reader that starts after the deletion', async () => {
    await commitWithLoss(['lost'], 'kept')
    const later = await follow()
    seen = []
    try {
      await later.catchUp()
      await store().transact((tx) => append(tx, 'after'))
      await Promise.all([feed.catchUp(), later.catchUp()])
      expect(seen).toStrictEqual(['after', 'after'])
    } finally {
      await later.stop()
    }
  })

  it('is not reported for more changes than one read returns', async () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `api_${index}`)
    await store().transact(async (tx) => {
      for (let at = 0; at < names.length; at += 500) await append(tx, ...names.slice(at, at + 500))
    })
    await feed.catchUp()
    expect(seen).toStrictEqual(names)
  })
})
