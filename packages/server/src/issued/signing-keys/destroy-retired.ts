import { findOperator } from '../../identity/organizations/index.ts'
import type { Context } from '../../kernel/context.ts'
import { type JobDeps, type RunningJob, startJob } from '../../platform/jobs.ts'
import type { Reader } from '../../store/open.ts'
import { destroyKey, selectKeys } from './rows.ts'
import { isPublished } from './rules.ts'

/** Dependencies of {@link startDestroyingRetired}. */
export type DestroyRetiredDeps = JobDeps & {
  readonly db: Reader
  /** Returns a context of the system actor in an organization. */
  readonly asSystem: (organizationId: string) => Context
}

const HOUR_MS = 3_600_000

/** Starts the hourly job that destroys the private keys of retired keys after their last token has expired. */
export function startDestroyingRetired(deps: DestroyRetiredDeps): RunningJob {
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

async function destroyRetiredKeys(ctx: Context): Promise<void> {
  const now = ctx.clock.now()
  const keys = await selectKeys(ctx.db)
  for (const key of keys.filter((one) => !isPublished(one, keys, now))) {
    await ctx.mutate(async (tx) => {
      await destroyKey(tx, key.kid, now)
      return {
        result: undefined,
        audit: {
          action: 'signing_key.destroyed',
          target: { type: 'signing_key', id: key.kid, name: key.algorithm },
        },
      }
    })
  }
}
