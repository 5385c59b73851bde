import type { Clock } from '../platform/clock.ts'
import { appendChanges, type ChangeFeed } from '../store/change-feed.ts'
import type { Store, Writer } from '../store/open.ts'
import { AppError } from './app-error.ts'
import type { AuditEntry, Caller, Context, Mutation } from './context.ts'

/** What the door to writing is made of. */
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
 * Makes the one door to writing. The work's rows, its audit events and its change records commit
 * together or not at all; if the audit cannot be written nothing changes and the answer is 503.
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
        // Last in the transaction: what follows is in commit order.
        await store.lockAppends(tx)
        await appendAudit(tx, { caller, entries }).catch((cause: unknown) => {
          throw new AppError('unavailable', {
            detail: 'The change could not be audited, so it was not made.',
            retryAfterSeconds: RETRY_SECONDS,
            cause,
          })
        })
        await appendChanges(tx, done.changes, clock.now())
        if (done.changes.length > 0) await store.announce(tx)
        return done.result
      })
      await feed.catchUp()
      return result
    }
}

function isList(
  audit: Mutation<unknown>['audit'],
): audit is readonly [AuditEntry, ...AuditEntry[]] {
  return Array.isArray(audit)
}
