import type { Input, Output, routes } from '@keyporter/contract'
import { requireCurrentRootKey } from '../../encryption/root-key-rows.ts'
import { requireOperator } from '../../kernel/authorize.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import { generateSigningKey } from './generate.ts'
import { toSigningKey } from './list.ts'
import { advanceActivation, insertKey, type SigningKeyRow, selectKeys } from './rows.ts'
import { earliestActivation, PUBLISH_AHEAD_MS, requireNonePending } from './rules.ts'

type Route = typeof routes.signingKeys.rotate

/**
 * Publishes a new key, which takes over once every cache has seen it, or at once. A key that already
 * waits is hastened when `immediately` is asked. Tokens of the old key stay valid until they expire.
 *
 * @throws {AppError} `operator_only`, `already_exists` when one already waits
 */
export async function rotateSigningKey(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const now = ctx.clock.now()
  const algorithm = body.algorithm ?? 'ES256'
  const keys = await selectKeys(ctx.db)
  const waiting = keys.find((key) => key.algorithm === algorithm && key.activatesAt > now)
  if (body.immediately === true && waiting !== undefined) return activateNow(ctx, waiting, keys)
  requireNonePending(keys, algorithm, now)
  const activatesAt = Math.max(
    body.immediately === true ? now : now + PUBLISH_AHEAD_MS,
    earliestActivation(keys, algorithm),
  )
  const row = await generateSigningKey(ctx, algorithm, activatesAt)
  return ctx.mutate(async (tx) => {
    await requireCurrentRootKey(tx, ctx.rootEncryption, row.sealedPrivateKey)
    await insertKey(tx, row)
    return { result: toSigningKey(row, [...keys, row], now), audit: auditRotated(row) }
  })
}

async function activateNow(
  ctx: Context,
  waiting: SigningKeyRow,
  keys: readonly SigningKeyRow[],
): Promise<Output<Route>> {
  const now = ctx.clock.now()
  const others = keys.filter((key) => key.kid !== waiting.kid)
  const hastened = {
    ...waiting,
    activatesAt: Math.max(now, earliestActivation(others, waiting.algorithm)),
  }
  return ctx.mutate(async (tx) => {
    await advanceActivation(tx, waiting.kid, hastened.activatesAt)
    return {
      result: toSigningKey(hastened, [...others, hastened], now),
      audit: auditRotated(hastened),
    }
  })
}

function auditRotated(row: SigningKeyRow): AuditEntry {
  return {
    action: 'signing_key.rotated',
    target: { type: 'signing_key', id: row.kid, name: row.algorithm },
  }
}
