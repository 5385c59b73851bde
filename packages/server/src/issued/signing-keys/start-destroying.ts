import { findOperator } from '../../identity/organizations/index.ts'
import type { Context } from '../../kernel/context.ts'
import { type JobDeps, type RunningJob, startJob } from '../../platform/jobs.ts'
import type { Reader } from '../../store/open.ts'
import { destroyRetiredKeys } from './destroy.ts'

/** What destroying by the clock takes. */
export type DestroyingDeps = JobDeps & {
  readonly db: Reader
  /** A context of Keyporter itself, acting for an organization. */
  readonly asSystem: (organizationId: string) => Context
}

const HOUR_MS = 3_600_000

/** Destroys every hour the keys whose last tokens have run out. */
export function startDestroyingRetired(deps: DestroyingDeps): RunningJob {
  const { db, asSystem } = deps
  return startJob(
    {
      name: 'retired-keys',
      everyMs: HOUR_MS,
      run: async () => {
        const operator = await findOperator(db)
        if (operator !== undefined) await destroyRetiredKeys(asSystem(operator.id))
      },
    },
    deps,
  )
}
