import type { ChangeKind } from '@keyporter/contract'
import type { Reader, Store, Writer } from './open.ts'
import type { Tables } from './tables.ts'

/** A record of the change feed. */
export type Change = {
  readonly kind: ChangeKind
  readonly organizationId: string
  readonly subjectId: string
}

/** A cache or other state that the change feed keeps current. A handler that fails is called again. */
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
 * A reader that pauses for longer than the retention period, for example on a suspended machine, misses
 * deleted records. Retention deletes only the oldest records and keeps the newest, see
 * `retention-rules.ts`. So without a gap, the record at the position of the reader or the next one exists.
 * A transaction that was rolled back also skips a number, and can look like a gap. The caches are then
 * read again unnecessarily.
 */
export async function followChanges(store: Store): Promise<ChangeFeed> {
  const subscribers = new Set<Subscriber>()
  let position = await readLastSeq(store.reader)
  // With SQLite this process makes every change. On PostgreSQL other nodes may have committed since
  // the last read.
  const freshMs = store.engine === 'sqlite' ? Number.POSITIVE_INFINITY : FRESH_MS
  let freshUntilMonotonicMs = performance.now() + freshMs
  // The clock of `performance` stops on a suspended machine, the system clock does not.
  let freshUntilWallMs = Date.now() + freshMs
  let running: Promise<void> | undefined
  /** The read that starts when the running one ends. */
  let following: Promise<void> | undefined
  let stopped = false

  const read = async (): Promise<void> => {
    const startedMs = performance.now()
    const startedWallMs = Date.now()
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
    freshUntilMonotonicMs = startedMs + freshMs
    freshUntilWallMs = startedWallMs + freshMs
  }
  /** The caches stay closed until every subscriber has handled the gap. */
  const recoverFromGap = async (oldestSeq: number | undefined): Promise<void> => {
    freshUntilMonotonicMs = Number.NEGATIVE_INFINITY
    // Read before the subscribers read, so that later changes are delivered.
    const next = oldestSeq === undefined ? await readLastSeq(store.reader) : oldestSeq - 1
    for (const { onGap } of subscribers) await onGap()
    position = next
  }
  // One read at a time. A running read may already have passed the position of the caller's change,
  // so that a call waits for the next one, which all callers in the meantime share.
  const startRead = (): Promise<void> => {
    running = read().finally(() => {
      running = undefined
    })
    return running
  }
  const catchUp = (): Promise<void> => {
    if (following !== undefined) return following
    if (running === undefined) return startRead()
    following = running
      .catch(() => undefined)
      .then(() => {
        following = undefined
        return startRead()
      })
    return following
  }
  // After a commit of this node: when its change cannot be read, the caches of this node are stale.
  const catchUpOrMarkStale = async (): Promise<void> => {
    try {
      await catchUp()
    } catch {
      freshUntilMonotonicMs = Number.NEGATIVE_INFINITY
      scheduleRetry()
    }
  }
  // SQLite has no polling: without this retry the caches would be unusable until the next commit.
  let retry: NodeJS.Timeout | undefined
  const scheduleRetry = (): void => {
    if (stopped || store.engine !== 'sqlite') return
    clearTimeout(retry)
    retry = setTimeout(() => void catchUpOrMarkStale(), POLL_MS)
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
    catchUp: catchUpOrMarkStale,
    subscribe: (subscriber) => void subscribers.add(subscriber),
    // Hot paths call it several times: with SQLite it reads no clock.
    isFresh: () =>
      freshUntilMonotonicMs === Number.POSITIVE_INFINITY ||
      (performance.now() < freshUntilMonotonicMs && Date.now() < freshUntilWallMs),
    stop: async () => {
      stopped = true
      clearInterval(timer)
      clearTimeout(retry)
      await stopListening()
      await (following ?? running)?.catch(() => undefined)
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

/**
 * Whether records after the position of a reader are missing. `oldestSeq` is the lowest number at or after
 * the position; undefined if there is no such record.
 */
function hasGap(position: number, oldestSeq: number | undefined): boolean {
  if (oldestSeq === undefined) return position !== START_SEQ
  return oldestSeq > position + 1
}
