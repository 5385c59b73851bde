import { type ChangeKind, type EventType, eventTypes } from '@keyporter/contract'
import type { Clock } from '../platform/clock.ts'
import { appendChanges, type Change, type ChangeFeed } from '../store/change-feed.ts'
import type { Store, Writer } from '../store/open.ts'
import { AppError } from './app-error.ts'
import type { AuditEntry, Caller, Context, Mutation } from './context.ts'

export type MutateDeps = {
  readonly store: Store
  readonly feed: ChangeFeed
  readonly clock: Clock
  readonly appendAudit: (
    tx: Writer,
    request: { readonly caller: Caller; readonly entries: readonly AuditEntry[] },
  ) => Promise<void>
}

const RETRY_SECONDS = 2

/**
 * Creates the only way to write. Rows, audit events and change records commit together or not at all. When
 * the audit events cannot be appended, nothing changes and the caller gets `unavailable` (503).
 */
export function createMutate({
  store,
  feed,
  clock,
  appendAudit,
}: MutateDeps): (caller: Caller) => Context['mutate'] {
  return (caller) =>
    async <T>(work: (tx: Writer) => Promise<Mutation<T>>) => {
      const result = await store.transact(async (tx) => {
        const done = await work(tx)
        const entries = isList(done.audit) ? done.audit : [done.audit]
        // After the verb's writes: under this lock, the order of appends is the order of commits.
        await store.lockAppends(tx)
        await appendAudit(tx, { caller, entries }).catch((cause: unknown) => {
          throw new AppError('unavailable', {
            detail: 'The audit event could not be written, so nothing was changed. Try again.',
            retryAfterSeconds: RETRY_SECONDS,
            cause,
          })
        })
        const changes = changesOf(entries, caller.organizationId)
        await appendChanges(tx, changes, clock.now())
        if (changes.length > 0) await store.notifyOnCommit(tx)
        return done.result
      })
      await feed.catchUp()
      return result
    }
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
