import type { ChangeKind } from '@keyporter/contract'
import type { Reader, Store, Writer } from './open.ts'
import type { Tables } from './tables.ts'

/** One record of the feed. */
export type Change = {
  readonly kind: ChangeKind
  readonly organizationId: string
  readonly subjectId: string
}

/** Takes note of a change. */
export type Listener = (change: Change) => void | Promise<void>

/** Keeps up with the changes of every node. */
export type ChangeFeed = {
  /**
   * Reads until nothing is left; afterwards every subscriber has seen every change committed before the
   * call, or, where the feed could not be read, {@link isFresh} is false.
   */
  readonly catchUp: () => Promise<void>
  /** Calls back for every change, in order; one whose listener fails is delivered again. */
  readonly subscribe: (listener: Listener) => void
  /** Whether the feed was read to its end within the last two seconds: only then may caches answer. */
  readonly isFresh: () => boolean
  readonly stop: () => Promise<void>
}

const POLL_MS = 250
const FRESH_MS = 2_000
const BATCH = 1_000

/** Appends records; the last thing that a transaction does, under the store's append lock. */
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
 * Starts following the feed from its present end. On PostgreSQL it is read at least every 250 ms, and at
 * once after a notification; with SQLite this process is the only writer and is told of every commit.
 */
export async function followChanges(store: Store): Promise<ChangeFeed> {
  const listeners = new Set<Listener>()
  let seq = await readEnd(store.reader)
  // With SQLite nothing can change unseen; with PostgreSQL what was read is good for a while.
  const freshMs = store.engine === 'sqlite' ? Number.POSITIVE_INFINITY : FRESH_MS
  let freshUntilMs = performance.now() + freshMs
  let running: Promise<void> | undefined
  let again = false
  let stopped = false

  const read = async (): Promise<void> => {
    const startedMs = performance.now()
    for (;;) {
      const rows = await store.reader
        .selectFrom('changes')
        .selectAll()
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(BATCH)
        .execute()
      for (const row of rows) {
        await notify(toChange(row))
        seq = row.seq
      }
      if (rows.length < BATCH) break
    }
    freshUntilMs = startedMs + freshMs
  }
  const notify = async (change: Change): Promise<void> => {
    for (const listener of listeners) await listener(change)
  }
  // One reader at a time. A call that arrives while it reads asks for one more round, because the
  // running one may already have passed the place where the caller's change stands.
  const catchUp = async (): Promise<void> => {
    if (running !== undefined) {
      again = true
      return running
    }
    running = (async () => {
      try {
        do {
          again = false
          await read()
        } while (again)
      } finally {
        // In the same turn as the last look at `again`: a later caller starts a round of its own.
        running = undefined
      }
    })()
    return running
  }
  // After a commit of this node: if its own change cannot be read back, its caches must not answer.
  const catchUpOrDistrust = async (): Promise<void> => {
    try {
      await catchUp()
    } catch {
      freshUntilMs = Number.NEGATIVE_INFINITY
      tryAgainSoon()
    }
  }
  // With SQLite nobody polls: without this they would not answer until the next commit.
  let retry: NodeJS.Timeout | undefined
  const tryAgainSoon = (): void => {
    if (stopped || store.engine !== 'sqlite') return
    clearTimeout(retry)
    retry = setTimeout(() => void catchUpOrDistrust(), POLL_MS)
  }
  const poke = () => void catchUp().catch(() => undefined)
  const stopListening = await store.onAnnounced(poke)
  const timer =
    store.engine === 'postgres'
      ? setInterval(() => {
          if (!stopped) poke()
        }, POLL_MS)
      : undefined
  return {
    catchUp: catchUpOrDistrust,
    subscribe: (listener) => void listeners.add(listener),
    isFresh: () => performance.now() < freshUntilMs,
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

async function readEnd(reader: Reader): Promise<number> {
  const row = await reader
    .selectFrom('changes')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst()
  return row?.seq ?? 0
}
