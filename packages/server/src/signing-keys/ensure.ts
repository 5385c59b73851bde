import type { SigningAlgorithm } from '@keyporter/protocol'
import type { Context } from '../context.ts'
import { generateSigningKey } from './generate.ts'
import { insertKey, selectKeys } from './rows.ts'
import { activeAt } from './rules.ts'

/** Makes the first key of an algorithm, usable at once. Does nothing where there is one already. */
export async function ensureSigningKey(ctx: Context, algorithm: SigningAlgorithm): Promise<void> {
  const now = ctx.clock.now()
  if (activeAt(await selectKeys(ctx.db), algorithm, now) !== undefined) return
  const row = await generateSigningKey(ctx, algorithm, now)
  await ctx.mutate(async (tx) => {
    await insertKey(tx, row)
    return {
      result: undefined,
      audit: {
        action: 'signing_key.created',
        target: { type: 'signing_key', id: row.kid, name: algorithm },
      },
      changes: [
        { kind: 'signing_keys.changed', organizationId: ctx.organizationId, subjectId: row.kid },
      ],
    }
  })
}
