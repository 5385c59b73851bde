import { findOperator } from '../identity/organizations/index.ts'
import type { Context } from '../kernel/context.ts'
import { type JobDeps, type RunningJob, startJob } from '../platform/jobs.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { Store } from '../store/open.ts'
import { isReEncryptionDue, reEncrypt } from './re-encrypt-all.ts'
import type { RootEncryption } from './root-encryption.ts'
import { findRootKeyState } from './root-key-rows.ts'

/** The dependencies of {@link startReEncryption}. */
export type ReEncryptionJobDeps = JobDeps & {
  readonly store: Store
  readonly rootEncryption: RootEncryption
  readonly feed: ChangeFeed
  /** Returns a context with Keyporter as the actor, acting for an organization. */
  readonly asSystem: (organizationId: string) => Context
}

const HOUR_MS = 3_600_000
const RETRY_MS = 30_000

/**
 * Starts the job that re-encrypts data under previous keys: after a rotation on any node, and at
 * start when a rotation was interrupted.
 */
export async function startReEncryption(deps: ReEncryptionJobDeps): Promise<RunningJob> {
  const { store, rootEncryption, feed, log, asSystem } = deps
  const db = store.reader
  const job = startJob(
    {
      name: 're-encryption',
      everyMs: HOUR_MS,
      retryMs: RETRY_MS,
      run: async (signal) => {
        const operator = await findOperator(db)
        if (operator !== undefined)
          await reEncrypt({ ctx: asSystem(operator.id), store, log }, signal)
      },
    },
    deps,
  )
  const readCurrentKey = async () =>
    rootEncryption.setCurrentKey((await findRootKeyState(db)).currentKeyId)
  feed.subscribe({
    onChange: async ({ kind }) => {
      if (kind === 'root_key.changed') await readCurrentKey()
      if (kind === 'root_key.changed' || kind === 'organization_keys.changed') job.runSoon()
    },
    onGap: async () => {
      await readCurrentKey()
      job.runSoon()
    },
  })
  if (await isReEncryptionDue(db)) job.runSoon()
  return job
}
