import { findOperator } from '../identity/organizations/index.ts'
import type { Context } from '../kernel/context.ts'
import { type JobDeps, type RunningJob, startJob } from '../platform/jobs.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { Store } from '../store/open.ts'
import { isRekeyingDue, rekey } from './re-encryption.ts'
import type { RootSealing } from './root-encryption.ts'
import { findRootKeyState } from './root-key-rows.ts'

/** What following rotations takes. */
export type RekeyingDeps = JobDeps & {
  readonly store: Store
  readonly sealing: RootSealing
  readonly feed: ChangeFeed
  /** A context of Keyporter itself, acting for an organization. */
  readonly asSystem: (organizationId: string) => Context
}

const HOUR_MS = 3_600_000
const RETRY_MS = 30_000

/**
 * Seals anew whatever is under earlier keys: once something was rotated on any node, and at the start
 * where a process was killed in the middle of it.
 */
export async function startRekeying(deps: RekeyingDeps): Promise<RunningJob> {
  const { store, sealing, feed, log, asSystem } = deps
  const db = store.reader
  const job = startJob(
    {
      name: 'rekeying',
      everyMs: HOUR_MS,
      retryMs: RETRY_MS,
      run: async (signal) => {
        const operator = await findOperator(db)
        if (operator !== undefined) await rekey({ ctx: asSystem(operator.id), store, log }, signal)
      },
    },
    deps,
  )
  feed.subscribe(async ({ kind }) => {
    if (kind === 'root_key.changed') sealing.use((await findRootKeyState(db)).presentKeyId)
    if (kind === 'root_key.changed' || kind === 'organization_keys.changed') job.soon()
  })
  if (await isRekeyingDue(db)) job.soon()
  return job
}
