import type { Context } from '../context.ts'
import { findOperator } from '../organizations/index.ts'
import { type RunningJob, startJob } from '../platform/jobs.ts'
import type { Log } from '../platform/log.ts'
import type { Reader } from '../store/open.ts'
import { destroyRetiredKeys } from './destroy.ts'

/** What destroying by the clock takes. */
export type DestroyingDeps = {
  readonly db: Reader
  readonly log: Log
  /** A context of Keyporter itself, acting for an organization. */
  readonly asSystem: (organizationId: string) => Context
}

const HOUR_MS = 3_600_000

/** Destroys every hour the keys whose last tokens have run out. */
export function startDestroyingRetired({ db, log, asSystem }: DestroyingDeps): RunningJob {
  return startJob(
    {
      name: 'retired-keys',
      everyMs: HOUR_MS,
      run: async () => {
        const operator = await findOperator(db)
        if (operator !== undefined) await destroyRetiredKeys(asSystem(operator.id))
      },
    },
    { log },
  )
}
