import { afterEach, describe, expect, it, vi } from 'vitest'
import { useTestStore } from '../../../../../test/support/test-store.ts'
import { createManualTimers } from '../../../../../test/support/timers.ts'
import type { Use } from '../../kernel/record-use.ts'
import { createLog } from '../../platform/log.ts'
import type { Writer } from '../../store/open.ts'
import { createUsageAccumulator } from './accumulator.ts'
import { chunkRows, startUsageFlush, type UsageFlush } from './flush.ts'

const HOUR_MS = 3_600_000
const NOON = Date.UTC(2027, 2, 1, 12)
const store = useTestStore()
let lines: string[] = []
let stopAfterwards: UsageFlush | undefined

afterEach(async () => {
  await stopAfterwards?.stop()
  stopAfterwards = undefined
  lines = []
  await store().transact(async (tx) => {
    await tx.deleteFrom('usageCounters').execute()
    await tx.deleteFrom('lastUses').execute()
  })
})

const use = (change: Partial<Use> = {}): Use => ({
  credential: { id: 'cred_1', organizationId: 'org_1' },
  outcome: 'valid',
  permissions: ['A_READ'],
  ip: '192.0.2.1',
  ...change,
})

function start(writeUnaudited = store().transact) {
  const accumulator = createUsageAccumulator()
  const log = createLog('info', { write: (line) => lines.push(line) })
  const timers = createManualTimers()
  const flush = startUsageFlush({ accumulator, writeUnaudited, log, timers })
  stopAfterwards = flush
  return { accumulator, flush, timers }
}

const counted = async () =>
  (
    await store()
      .reader.selectFrom('usageCounters')
      .select(['credentialId', 'hour', 'outcome', 'permission', 'count'])
      .orderBy('credentialId')
      .orderBy('hour')
      .orderBy('permission')
      .execute()
  ).map((row) => Object.values(row))

describe('does', () => {
  it('adds to existing counters', async () => {
    const { accumulator, flush } = start()
    accumulator.record(use(), NOON)
    await flush.flush()
    accumulator.record(use(), NOON + 1)
    accumulator.record(use({ permissions: [] }), NOON + HOUR_MS)
    await flush.flush()
    await flush.flush()
    expect(await counted()).toStrictEqual([
      ['cred_1', NOON, 'valid', '', 2],
      ['cred_1', NOON, 'valid', 'A_READ', 2],
      ['cred_1', NOON + HOUR_MS, 'valid', '', 1],
    ])
  })

  it('keeps the latest use regardless of the write order', async () => {
    const { accumulator, flush } = start()
    accumulator.record(use({ ip: '192.0.2.2' }), NOON + 2)
    await flush.flush()
    accumulator.record(use({ ip: '192.0.2.1' }), NOON + 1)
    await flush.flush()
    const row = await store().reader.selectFrom('lastUses').selectAll().executeTakeFirst()
    expect(row).toMatchObject({ subjectId: 'cred_1', at: NOON + 2, ip: '192.0.2.2' })
  })

  it('writes thousands of rows', async () => {
    const { accumulator, flush } = start()
    for (let index = 0; index < 3_000; index += 1)
      accumulator.record(use({ credential: { id: `cred_${index}`, organizationId: 'o' } }), NOON)
    await flush.flush()
    expect(await counted()).toHaveLength(6_000)
  })

  it('flushes once a second', async () => {
    const { accumulator, timers } = start()
    for (const hours of [1, 2]) {
      accumulator.record(use(), NOON + hours * HOUR_MS)
      expect(timers.delaysMs()).toEqual([1_000])
      timers.fire()
      await vi.waitFor(async () => expect(await counted()).toHaveLength(2 * hours))
      await vi.waitFor(() => expect(timers.delaysMs()).toHaveLength(1))
    }
  })

  it('flushes when it is stopped', async () => {
    const { accumulator, flush } = start()
    accumulator.record(use(), NOON)
    await flush.stop()
    expect(await counted()).toHaveLength(2)
  })

  it('counts exactly under parallel writers', async () => {
    const writers = [start(), start(), start()]
    for (let round = 0; round < 10; round += 1) {
      for (const { accumulator } of writers) accumulator.record(use(), NOON)
      await Promise.all(writers.map(({ flush }) => flush.flush()))
    }
    expect(await counted()).toMatchObject([
      ['cred_1', NOON, 'valid', '', 30],
      ['cred_1', NOON, 'valid', 'A_READ', 30],
    ])
  })
})

describe('survives', () => {
  it('a failed write is retried with the next one and logged once', async () => {
    let broken = true
    const writeUnaudited = async <T>(work: (tx: Writer) => Promise<T>): Promise<T> => {
      if (!broken) return store().transact(work)
      return store().transact(async (tx) => {
        await work(tx)
        throw new Error('The disk is full')
      })
    }
    const { accumulator, flush } = start(writeUnaudited)
    accumulator.record(use(), NOON)
    await flush.flush()
    accumulator.record(use(), NOON)
    await flush.flush()
    expect(await counted()).toStrictEqual([])
    broken = false
    await flush.flush()
    expect(await counted()).toMatchObject([
      ['cred_1', NOON, 'valid', '', 2],
      ['cred_1', NOON, 'valid', 'A_READ', 2],
    ])
    expect(lines.filter((line) => line.includes('"fault"'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('usage is written again'))).toHaveLength(1)
  })
})

describe('chunkRows', () => {
  it('splits into powers of two, in order', () => {
    const rows = Array.from({ length: 1_101 }, (_, index) => index)
    const chunks = chunkRows(rows)
    expect(chunks.map((chunk) => chunk.length)).toStrictEqual([512, 512, 64, 8, 4, 1])
    expect(chunks.flat()).toStrictEqual(rows)
    expect(chunkRows([])).toStrictEqual([])
  })
})
