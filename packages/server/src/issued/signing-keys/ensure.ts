import type { SigningAlgorithm } from '@keyporter/protocol'
import { requireCurrentRootKey } from '../../encryption/root-key-rows.ts'
import { lockOrganization } from '../../identity/organizations/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { generateSigningKey } from './generate.ts'
import { insertKey, type SigningKeyRow, selectKeys } from './rows.ts'
import { activeAt } from './rules.ts'

/**
 * Creates the first key of an algorithm, active immediately. Does nothing if a key exists, including one that another
 * node creates at the same time.
 */
export async function ensureSigningKey(ctx: Context, algorithm: SigningAlgorithm): Promise<void> {
  const now = ctx.clock.now()
  if (activeAt(await selectKeys(ctx.db), algorithm, now) !== undefined) return
  const row = await generateSigningKey(ctx, algorithm, now)
  try {
    await insertFirstKey(ctx, row, algorithm)
  } catch (error) {
    // Another node created the key first.
    if (!(error instanceof AppError) || error.code !== 'already_exists') throw error
  }
}

async function insertFirstKey(
  ctx: Context,
  row: SigningKeyRow,
  algorithm: SigningAlgorithm,
): Promise<void> {
  await ctx.mutate(async (tx) => {
    // Signing keys belong to the installation. The lock on the operator prevents two first keys.
    await lockOrganization(tx, ctx.organizationId)
    // Read the clock again: another node's key may have been created after this node's key.
    if (activeAt(await selectKeys(tx), algorithm, ctx.clock.now()) !== undefined) {
      throw new AppError('already_exists', { detail: 'A signing key already exists.' })
    }
    await requireCurrentRootKey(tx, ctx.rootEncryption, row.encryptedPrivateKey)
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
