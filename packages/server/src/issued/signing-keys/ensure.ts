import type { SigningAlgorithm } from '@keyporter/protocol'
import { requireCurrentRootKey } from '../../encryption/root-key-rows.ts'
import { lockOrganization } from '../../identity/organizations/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { generateSigningKey } from './generate.ts'
import { insertKey, type SigningKeyRow, selectKeys } from './rows.ts'
import { activeAt } from './rules.ts'

/**
 * Makes the first key of an algorithm, usable at once. Does nothing where there is one already, also of
 * another node that started at the same moment.
 */
export async function ensureSigningKey(ctx: Context, algorithm: SigningAlgorithm): Promise<void> {
  const now = ctx.clock.now()
  if (activeAt(await selectKeys(ctx.db), algorithm, now) !== undefined) return
  const row = await generateSigningKey(ctx, algorithm, now)
  try {
    await insertFirstKey(ctx, row, algorithm)
  } catch (error) {
    // Another node was faster: its key is as good.
    if (!(error instanceof AppError) || error.code !== 'already_exists') throw error
  }
}

async function insertFirstKey(
  ctx: Context,
  row: SigningKeyRow,
  algorithm: SigningAlgorithm,
): Promise<void> {
  await ctx.mutate(async (tx) => {
    // The keys belong to the installation: whoever makes the first one holds its operator meanwhile.
    await lockOrganization(tx, ctx.organizationId)
    // By the clock as it is now: their key may be younger than the one that was made here in vain.
    if (activeAt(await selectKeys(tx), algorithm, ctx.clock.now()) !== undefined) {
      throw new AppError('already_exists', { detail: 'There is a signing key already.' })
    }
    await requireCurrentRootKey(tx, ctx.rootEncryption, row.sealedPrivateKey)
    await insertKey(tx, row)
    return {
      result: undefined,
      audit: {
        action: 'signing_key.created',
        target: { type: 'signing_key', id: row.kid, name: algorithm },
      },
    }
  })
}
