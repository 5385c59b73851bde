import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Timers } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Writer } from '../../store/open.ts'
import type { UsageAccumulator, UsageBatch } from './accumulator.ts'
import { addCounts, upsertLastUses } from './rows.ts'

/** Writes accumulated usage to the database. */
export type UsageFlush = {
  /** Writes the current usage, so that reports include it. Never throws. */
  readonly flush: () => Promise<void>
  /** Stops the timer and flushes once more. */
  readonly stop: () => Promise<void>
}

/** Dependencies of {@link startUsageFlush}. */
export type UsageFlushDeps = {
  readonly accumulator: UsageAccumulator
  /** Runs a transaction without an audit entry. */
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly log: Log
  readonly timers: Timers
}

const INTERVAL_MS = 1_000
const ROWS_MAX = 512

/**
 * Writes usage once a second, in one transaction. A failed batch is retried with the next one. If the connection
 * fails during a commit, that batch may be counted twice.
 */
export function startUsageFlush(deps: UsageFlushDeps): UsageFlush {
  const { accumulator, writeUnaudited, log, timers } = deps
  let last: Promise<void> = Promise.resolve()
  let failing = false
  let stopped = false
  let cancel = (): void => undefined

  const write = async (): Promise<void> => {
    const batch = accumulator.take()
    if (batch.counts.length === 0 && batch.lastUses.length === 0) return
    try {
      await writeUnaudited((tx) => writeBatch(tx, batch))
      if (failing) log.info('usage is written again')
      failing = false
    } catch (error) {
      accumulator.putBack(batch)
      if (!failing) log.fault(new Error('Usage could not be written', { cause: error }))
      failing = true
    }
  }
  // Writes are serialized: a flush during a running write starts another one, to include later uses.
  const flush = (): Promise<void> => {
    last = last.then(write)
    return last
  }
  const tick = async (): Promise<void> => {
    await flush()
    if (!stopped) schedule()
  }
  const schedule = (): void => {
    cancel = timers.after(INTERVAL_MS, () => void tick())
  }
  schedule()
  return {
    flush,
    stop: async () => {
      stopped = true
      cancel()
      await flush()
      const lost = accumulator.droppedCount()
      if (failing || lost > 0) log.warn('usage was lost')
    },
  }
}

async function writeBatch(tx: Writer, { counts, lastUses }: UsageBatch): Promise<void> {
  await writeChunks(counts, (rows) => addCounts(tx, rows))
  await writeChunks(lastUses, (rows) => upsertLastUses(tx, rows))
}

/** Writes rows in chunks, and yields to the event loop between large ones. */
async function writeChunks<T>(
  rows: readonly T[],
  write: (chunk: readonly T[]) => Promise<void>,
): Promise<void> {
  for (const chunk of chunkRows(rows)) {
    await write(chunk)
    if (chunk.length === ROWS_MAX) await nextTurn()
  }
}

/**
 * Splits rows into chunks of at most `rowsMax`. The chunk sizes are powers of two: there are only a few distinct
 * statements, which the database keeps prepared, and all are within its parameter limit.
 */
export function chunkRows<T>(rows: readonly T[], rowsMax = ROWS_MAX): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = []
  let length = rowsMax
  for (let start = 0; start < rows.length; start += length) {
    while (length > rows.length - start) length /= 2
    chunks.push(rows.slice(start, start + length))
  }
  return chunks
}
