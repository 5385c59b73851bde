import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Timers } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { Writer } from '../../store/open.ts'
import type { UsageAccumulator, UsageBatch } from './accumulator.ts'
import { addCounts, upsertLastUses } from './rows.ts'

/** Writes what usage gathers, in the background. */
export type UsageFlush = {
  /** Writes what there is now; afterwards reports show it. Never throws. */
  readonly flush: () => Promise<void>
  /** Stops the clockwork after a last flush. */
  readonly stop: () => Promise<void>
}

/** What flushing needs. */
export type UsageFlushDeps = {
  readonly accumulator: UsageAccumulator
  /** Writes that are bookkeeping, not changes: without audit. */
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly log: Log
  readonly timers: Timers
}

const INTERVAL_MS = 1_000
const ROWS_MAX = 512

/**
 * Writes usage once a second, in one transaction. What could not be written is kept and tried again
 * with the next; if a connection breaks in the very commit, that second may be counted twice.
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
  // One after the other: who asks while one runs wants what came after it began, too.
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

/** Where there is much to write, requests get their turn between the pieces. */
async function writeChunks<T>(
  rows: readonly T[],
  write: (piece: readonly T[]) => Promise<void>,
): Promise<void> {
  for (const piece of chunkRows(rows)) {
    await write(piece)
    if (piece.length === ROWS_MAX) await nextTurn()
  }
}

/**
 * Cuts rows into pieces whose lengths are powers of two: a handful of different statements in all,
 * within every engine's limit of parameters, and the engine keeps them prepared.
 */
export function chunkRows<T>(rows: readonly T[], rowsMax = ROWS_MAX): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = []
  let length = rowsMax
  for (let start = 0; start < rows.length; start += length) {
    while (length > rows.length - start) length /= 2
    pieces.push(rows.slice(start, start + length))
  }
  return pieces
}
