import { setTimeout as sleep } from 'node:timers/promises'
import { type ChangeKind, type EventType, eventTypes } from '@keyporter/contract'
import type { Clock } from '../platform/clock.ts'
import { appendChanges, type Change, type ChangeFeed } from '../store/change-feed.ts'
import { UnknownOutcomeError } from '../store/faults.ts'
import { markClaim } from '../store/idempotency-records.ts'
import type { Store, Writer } from '../store/open.ts'
import { AppError } from './app-error.ts'
import type { AuditEntry, Caller, Context, Mutation } from './context.ts'

export type MutateDeps = {
  readonly store: Store
  readonly feed: ChangeFeed
  readonly clock: Clock
  /** Appends audit events. Returns the ID of the last one. */
  readonly appendAudit: (
    tx: Writer,
    request: { readonly caller: Caller; readonly entries: readonly AuditEntry[] },
  ) => Promise<string>
  /** Whether an audit event is committed. */
  readonly isAppended: (tx: Writer, id: string) => Promise<boolean>
}

const RETRY_SECONDS = 2
const OUTCOME_POLL_MS = 100
/** The time after which the client gets `outcome_unknown`. */
const OUTCOME_UNKNOWN_AFTER_MS = 5_000
/** The maximum time to determine the outcome, also after that response. */
const OUTCOME_LOOKUP_MS_MAX = 60_000

/**
 * Creates the only way to write. Rows, audit events and change records commit together or not at all. When
 * the audit events cannot be appended, nothing changes and the caller gets `unavailable` (503).
 *
 * If the connection fails during the commit, the database is queried until it is known whether the change was
 * committed. The caller then gets the result, or `unavailable` after a rollback. After five seconds the caller
 * gets `outcome_unknown` (503).
 */
export function createMutate(deps: MutateDeps): (caller: Caller) => Context['mutate'] {
  return (caller) =>
    async <T>(work: (tx: Writer) => Promise<Mutation<T>>) => {
      const { result } = await commit(deps, caller, work)
      await deps.feed.catchUp()
      return result
    }
}

/** A change in a transaction, and the audit event that shows whether it is committed. */
type Written<T> = { readonly result: T; readonly eventId: string }

async function commit<T>(
  deps: MutateDeps,
  caller: Caller,
  work: (tx: Writer) => Promise<Mutation<T>>,
): Promise<Written<T>> {
  const attempt: { written?: Written<T> } = {}
  try {
    return await deps.store.transact(async (tx) => {
      attempt.written = await write(deps, tx, { caller, done: await work(tx) })
      return attempt.written
    })
  } catch (error) {
    const { written } = attempt
    if (!(error instanceof UnknownOutcomeError) || written === undefined) throw error
    await requireCommitted(deps, { caller, eventId: written.eventId, cause: error })
    return written
  }
}

async function write<T>(
  { store, clock, appendAudit }: MutateDeps,
  tx: Writer,
  { caller, done }: { readonly caller: Caller; readonly done: Mutation<T> },
): Promise<Written<T>> {
  const entries = isList(done.audit) ? done.audit : [done.audit]
  const change = entries.find(({ outcome = 'success' }) => outcome === 'success')
  if (caller.claim !== undefined && change !== undefined) {
    const isClaimed = await markClaim(tx, caller.claim, change.target.id ?? '')
    if (!isClaimed) throw new AppError('idempotency_in_flight', { retryAfterSeconds: 1 })
  }
  // After the verb's writes: under this lock, the order of appends is the order of commits.
  await store.lockAppends(tx)
  const eventId = await appendAudit(tx, { caller, entries }).catch((cause: unknown) => {
    throw new AppError('unavailable', {
      detail: 'The audit event could not be written, so nothing was changed. Try again.',
      retryAfterSeconds: RETRY_SECONDS,
      cause,
    })
  })
  const changes = changesOf(entries, caller.organizationId)
  await appendChanges(tx, changes, clock.now())
  if (changes.length > 0) await store.notifyOnCommit(tx)
  return { result: done.result, eventId }
}

/**
 * Waits until the outcome of a commit is known.
 *
 * @throws {AppError} `unavailable` if it was rolled back; `outcome_unknown` if the database does not respond
 */
async function requireCommitted(
  deps: MutateDeps,
  {
    caller,
    eventId,
    cause,
  }: { readonly caller: Caller; readonly eventId: string; readonly cause: unknown },
): Promise<void> {
  const isCommitted = waitForOutcome(deps, { eventId, cause })
  const { respondOutcomeUnknown } = caller
  const deadline = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    if (respondOutcomeUnknown === undefined) deadline.reject(outcomeUnknown(cause))
    else respondOutcomeUnknown()
  }, OUTCOME_UNKNOWN_AFTER_MS).unref()
  try {
    if (await Promise.race([isCommitted, deadline.promise])) return
  } finally {
    clearTimeout(timer)
  }
  throw new AppError('unavailable', { retryAfterSeconds: RETRY_SECONDS, cause })
}

async function waitForOutcome(
  deps: MutateDeps,
  { eventId, cause }: { readonly eventId: string; readonly cause: unknown },
): Promise<boolean> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < OUTCOME_LOOKUP_MS_MAX) {
    const isCommitted = await findOutcome(deps, eventId)
    if (isCommitted !== undefined) return isCommitted
    await sleep(OUTCOME_POLL_MS, undefined, { ref: false })
  }
  throw outcomeUnknown(cause)
}

/** Returns whether the transaction that wrote an audit event was committed; undefined while the database does not respond. */
async function findOutcome(
  { store, isAppended }: MutateDeps,
  eventId: string,
): Promise<boolean | undefined> {
  try {
    return await store.transact(async (tx) => {
      // The transaction in question holds this lock until its end.
      await store.lockAppends(tx)
      return await isAppended(tx, eventId)
    })
  } catch {
    return undefined
  }
}

/** Returns the error for a change that may be committed or not. */
export function outcomeUnknown(cause?: unknown): AppError {
  return new AppError('outcome_unknown', { retryAfterSeconds: RETRY_SECONDS, cause })
}

/** Derives the change records of audit entries from `eventTypes`: one for each kind and subject. */
function changesOf(
  entries: readonly AuditEntry[],
  callerOrganizationId: string,
): readonly Change[] {
  const changes = entries.flatMap(({ action, target, affected = {}, ...entry }) => {
    const { change }: EventType = eventTypes[action]
    const organizationId = entry.organizationId ?? callerOrganizationId
    const own =
      typeof change === 'string'
        ? [{ kind: change, organizationId, subjectId: target.id ?? '' }]
        : []
    // safe because the type of an entry names its affected kinds
    const further = (Object.entries(affected) as [ChangeKind, readonly string[]][]).flatMap(
      ([kind, ids]) => ids.map((subjectId) => ({ kind, organizationId, subjectId })),
    )
    return [...own, ...further]
  })
  const unique = new Map(changes.map((change) => [`${change.kind} ${change.subjectId}`, change]))
  return [...unique.values()]
}

function isList(
  audit: Mutation<unknown>['audit'],
): audit is readonly [AuditEntry, ...AuditEntry[]] {
  return Array.isArray(audit)
}
