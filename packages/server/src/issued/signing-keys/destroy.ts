import type { Context } from '../../kernel/context.ts'
import { destroyKey, selectKeys } from './rows.ts'
import { isPublished } from './rules.ts'

/** Destroys the private halves of keys whose last token is dead. Timed work. */
export async function destroyRetiredKeys(ctx: Context): Promise<void> {
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
