import type { Input, Output, routes } from '@keyporter/contract'
import { requireCurrentRootKey } from '../../encryption/root-key-rows.ts'
import { requireOperator } from '../../kernel/authorize.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import { generateSigningKey } from './generate.ts'
import { toSigningKey } from './presenter.ts'
import { advanceActivation, insertKey, type SigningKeyRow, selectKeys } from './rows.ts'
import { earliestActivation, PUBLISH_AHEAD_MS, requireNonePending } from './rules.ts'

type Route = typeof routes.signingKeys.rotate

/**
 * Publishes a new key. It becomes active when the JWKS caches of verifiers must have expired, or immediately with
 * `immediately`, which also activates a pending key. Tokens of the previous key stay valid until they expire.
 *
 * @throws {AppError} `operator_only`, `already_exists` when a key is already pending
 */
export async function rotateSigningKey(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const now = ctx.clock.now()
  const algorithm = body.algorithm ?? 'ES256'
  const keys = await selectKeys(ctx.db)
  const pending = keys.find((key) => key.algorithm === algorithm && key.activatesAt > now)
  if (body.immediately === true && pending !== undefined) return activateNow(ctx, pending, keys)
  requireNonePending(keys, algorithm, now)
  const activatesAt = Math.max(
    body.immediately === true ? now : now + PUBLISH_AHEAD_MS,
    earliestActivation(keys, algorithm),
  )
  const row = await generateSigningKey(ctx, algorithm, activatesAt)
  return ctx.mutate(async (tx) => {
    await requireCurrentRootKey(tx, ctx.rootEncryption, row.encryptedPrivateKey)
    await insertKey(tx, row)
    return { result: toSigningKey(row, [...keys, row], now), audit: auditRotated(row) }
  })
}

async function activateNow(
  ctx: Context,
  pending: SigningKeyRow,
  keys: readonly SigningKeyRow[],
): Promise<Output<Route>> {
  const now = ctx.clock.now()
  const others = keys.filter((key) => key.kid !== pending.kid)
  const advanced = {
    ...pending,
    activatesAt: Math.max(now, earliestActivation(others, pending.algorithm)),
  }
  return ctx.mutate(async (tx) => {
    await advanceActivation(tx, pending.kid, advanced.activatesAt)
    return {
      result: toSigningKey(advanced, [...others, advanced], now),
      audit: auditRotated(advanced),
    }
  })
}

function auditRotated(row: SigningKeyRow): AuditEntry {
  return {
    action: 'signing_key.rotated',
    target: { type: 'signing_key', id: row.kid, name: row.algorithm },
  }
}
