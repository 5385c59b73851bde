import type { ChangeKind } from '@keyporter/contract'
import type { Reader, Store, Writer } from './open.ts'
import type { Tables } from './tables.ts'

/** A record of the change feed. */
export type Change = {
  readonly kind: ChangeKind
  readonly organizationId: string
  readonly subjectId: string
}

/** A cache, or another state that follows the changes. When a handler fails, it is called again. */
export type Subscriber = {
  /** Handles a change, for example by invalidating a value. */
  readonly onChange: (change: Change) => void | Promise<void>
  /**
   * Handles the loss of an unknown number of changes: invalidates or reloads everything that
   * `onChange` maintains.
   */
  readonly onGap: () => void | Promise<void>
}

/** Follows the changes of all nodes. */
export type ChangeFeed = {
  /**
   * Reads the feed to its end. Afterwards every subscriber has handled every change committed
   * before the call. When the feed cannot be read, {@link isFresh} is false.
   */
  readonly catchUp: () => Promise<void>
  /** Calls the subscriber for every change, in order. */
  readonly subscribe: (subscriber: Subscriber) => void
  /**
   * Returns whether the feed was read to its end within the last two seconds. Otherwise caches must
   * not be used.
   */
  readonly isFresh: () => boolean
  readonly stop: () => Promise<void>
}

const POLL_MS = 250
const FRESH_MS = 2_000
const ROWS_PER_READ = 1_000
/** The position before the first record. */
const START_SEQ = 0

/**
 * Appends records. Call it as the last statement of a transaction, under the store's append lock.
 */
export async function appendChanges(
  tx: Writer,
  changes: readonly Change[],
  atMs: number,
): Promise<void> {
  if (changes.length === 0) return
  await tx
    .insertInto('changes')
    .values(changes.map((change) => ({ ...change, at: atMs })))
    .execute()
}

/**
 * Starts following the feed from its current end. On PostgreSQL it polls every 250 ms, and reads at
 * once after a notification. With SQLite this process is the only writer and is notified of every
 * commit.
 *
 * A reader that was away for longer than changes are kept, for example on a suspended machine, has
 * missed deleted records. It detects this gap from the records alone: only the oldest are deleted,
 * never the newest, see `retention-rules.ts`, so that the record at the position of a reader without
 * a gap, or the next one, exists. A number that a rolled back transaction has used can look like a
 * gap; then the caches are read again without need.
 */
export async function followChanges(store: Store): Promise<ChangeFeed> {
  const subscribers = new Set<Subscriber>()
  let position = await readLastSeq(store.reader)
  // With SQLite this process makes every change. On PostgreSQL other nodes may have committed since
  // the last read.
  const freshMs = store.engine === 'sqlite' ? Number.POSITIVE_INFINITY : FRESH_MS
  let freshUntilMs = performance.now() + freshMs
  // The clock of `performance` stops on a suspended machine, the system clock does not.
  let freshUntilAtMs = Date.now() + freshMs
  let running: Promise<void> | undefined
  let isReadRequested = false
  let stopped = false

  const read = async (): Promise<void> => {
    const startedMs = performance.now()
    const startedAtMs = Date.now()
    for (;;) {
      const rows = await store.reader
        .selectFrom('changes')
        .selectAll()
        .where('seq', '>=', position)
        .orderBy('seq')
        .limit(ROWS_PER_READ)
        .execute()
      if (hasGap(position, rows[0]?.seq)) {
        await recoverFromGap(rows[0]?.seq)
        continue
      }
      for (const row of rows) {
        if (row.seq === position) continue
        for (const { onChange } of subscribers) await onChange(toChange(row))
        position = row.seq
      }
      if (rows.length < ROWS_PER_READ) break
    }
    freshUntilMs = startedMs + freshMs
    freshUntilAtMs = startedAtMs + freshMs
  }
  /** The caches stay closed until every subscriber has handled the gap. */
  const recoverFromGap = async (oldestSeq: number | undefined): Promise<void> => {
    freshUntilMs = Number.NEGATIVE_INFINITY
    // Read before the subscribers read, so that later changes are delivered.
    const next = oldestSeq === undefined ? await readLastSeq(store.reader) : oldestSeq - 1
    for (const { onGap } of subscribers) await onGap()
    position = next
  }
  // One read at a time. A call during a read requests another one, because the running read may
  // already have passed the position of the caller's change.
  const catchUp = async (): Promise<void> => {
    if (running !== undefined) {
      isReadRequested = true
      return running
    }
    running = (async () => {
      try {
        do {
          isReadRequested = false
          await read()
        } while (isReadRequested)
      } finally {
        // Synchronously after the last check of `isReadRequested`, so that a later caller starts a new read.
        running = undefined
      }
    })()
    return running
  }
  // After a commit of this node: when its change cannot be read, the caches of this node are stale.
  const catchUpOrGoStale = async (): Promise<void> => {
    try {
      await catchUp()
    } catch {
      freshUntilMs = Number.NEGATIVE_INFINITY
      scheduleRetry()
    }
  }
  // SQLite has no polling: without this retry the caches would be unusable until the next commit.
  let retry: NodeJS.Timeout | undefined
  const scheduleRetry = (): void => {
    if (stopped || store.engine !== 'sqlite') return
    clearTimeout(retry)
    retry = setTimeout(() => void catchUpOrGoStale(), POLL_MS)
  }
  const readSoon = () => void catchUp().catch(() => undefined)
  const stopListening = await store.listenForCommits(readSoon)
  const timer =
    store.engine === 'postgres'
      ? setInterval(() => {
          if (!stopped) readSoon()
        }, POLL_MS)
      : undefined
  return {
    catchUp: catchUpOrGoStale,
    subscribe: (subscriber) => void subscribers.add(subscriber),
    // Hot paths call it several times: with SQLite it reads no clock.
    isFresh: () =>
      freshUntilMs === Number.POSITIVE_INFINITY ||
      (performance.now() < freshUntilMs && Date.now() < freshUntilAtMs),
    stop: async () => {
      stopped = true
      clearInterval(timer)
      clearTimeout(retry)
      await stopListening()
      await running?.catch(() => undefined)
    },
  }
}

function toChange(row: Pick<Tables['changes'], 'kind' | 'organizationId' | 'subjectId'>): Change {
  // safe because only appendChanges writes this column
  return {
    kind: row.kind as ChangeKind,
    organizationId: row.organizationId,
    subjectId: row.subjectId,
  }
}

async function readLastSeq(reader: Reader): Promise<number> {
  const row = await reader
    .selectFrom('changes')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst()
  return row?.seq ?? START_SEQ
}

/** Whether records after the position of a reader are missing. The oldest record is the first one from the position on. */
function hasGap(position: number, oldestSeq: number | undefined): boolean {
  if (oldestSeq === undefined) return position !== START_SEQ
  return oldestSeq > position + 1
}
