import { expect, it } from 'vitest'
import { useTestStore } from '../../../../test/support/test-store.ts'
import { appendChanges, followChanges } from './change-feed.ts'

const store = useTestStore()

const change = { kind: 'api.changed', organizationId: 'org_1', subjectId: 'api_1' } as const

it('a feed that cannot be read is not fresh, and recovers without another commit', async () => {
  const feed = await followChanges(store())
  const seen: string[] = []
  let failures = 2
  feed.subscribe(({ subjectId }) => {
    failures -= 1
    if (failures >= 0) throw new Error('the store is unavailable')
    seen.push(subjectId)
  })
  try {
    await store().transact((tx) => appendChanges(tx, [change], 1))
    await feed.catchUp()
    expect([feed.isFresh(), seen]).toStrictEqual([false, []])
    await expect.poll(() => feed.isFresh()).toBe(true)
    expect(seen).toStrictEqual(['api_1'])
  } finally {
    await feed.stop()
  }
})
