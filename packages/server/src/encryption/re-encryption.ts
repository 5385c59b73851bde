import { AppError } from '../kernel/app-error.ts'
import type { Context, Mutation } from '../kernel/context.ts'
import type { Reader, Writer } from '../store/open.ts'
import { auditOrganizationKeys } from './audit-entry.ts'
import {
  countUnderRootKey,
  isKeyInUse,
  organizationColumns,
  rootColumns,
} from './encrypted-columns.ts'
import {
  destroyOrganizationKeys,
  hasWornKey,
  type OrganizationKey,
  retirePresentKeys,
  selectRetiredKeys,
} from './organization-key-rows.ts'
import { resealColumn } from './re-encrypt.ts'
import { type RekeyDeps, underOrganizationKeys, underRootKey } from './re-encryption-steps.ts'
import { findRootKeyState, forgetPreviousRootKey } from './root-key-rows.ts'

/** Half of what a key may seal, so that there is time to seal anew. */
const SEALED_COUNT_MAX = 2 ** 31
const KEYS_AT_ONCE = 100

/** Whether there is anything for {@link rekey} to do. */
export async function isRekeyingDue(db: Reader): Promise<boolean> {
  const { previousKeyId } = await findRootKeyState(db)
  if (previousKeyId !== undefined) return true
  const [retired] = await selectRetiredKeys(db, { after: '', limit: 1 })
  return retired !== undefined || (await hasWornKey(db, SEALED_COUNT_MAX))
}

/**
 * Seals anew what is under earlier keys, and ends those keys. What is to be done stands in the store: it
 * may be interrupted anywhere, and done by several nodes at once. Timed work.
 */
export async function rekey(deps: RekeyDeps, signal: AbortSignal): Promise<void> {
  await rewrapUnderRootKey(deps, signal)
  await retireWornKeys(deps)
  let after = ''
  while (!signal.aborted) {
    const keys = await selectRetiredKeys(deps.ctx.db, { after, limit: KEYS_AT_ONCE })
    for (const key of keys) await emptyRetiredKey(deps, key, signal)
    const last = keys.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

async function rewrapUnderRootKey(deps: RekeyDeps, signal: AbortSignal): Promise<void> {
  const { ctx, store } = deps
  const { previousKeyId: keyId } = await findRootKeyState(ctx.db)
  if (keyId === undefined) return ctx.sealing.settle()
  const resealing = underRootKey(deps)
  for (const column of rootColumns)
    await resealColumn(resealing, { column, under: { keyId } }, signal)
  if (signal.aborted || (await countUnderRootKey(store.reader, keyId)) > 0) return
  await onlyOnce(ctx, async (tx) => {
    if (!(await forgetPreviousRootKey(tx, keyId))) throw doneAlready()
    return {
      result: undefined,
      audit: { action: 'root_key.retired', target: { type: 'root_key', id: keyId, name: keyId } },
    }
  })
  ctx.sealing.settle()
}

async function retireWornKeys({ ctx }: RekeyDeps): Promise<void> {
  if (!(await hasWornKey(ctx.db, SEALED_COUNT_MAX))) return
  await onlyOnce(ctx, async (tx) => {
    const worn = { sealedCountMin: SEALED_COUNT_MAX }
    const retired = await retirePresentKeys(tx, worn, ctx.clock.now())
    if (retired.length === 0) throw doneAlready()
    return {
      result: undefined,
      audit: auditOrganizationKeys(ctx, undefined, { action: 'organization_key.rotated' }),
    }
  })
}

/** Seals everything that is under a retired key under the present one, and destroys the retired one. */
async function emptyRetiredKey(
  deps: RekeyDeps,
  { id, organizationId }: OrganizationKey,
  signal: AbortSignal,
): Promise<void> {
  const { ctx } = deps
  const under = { keyId: id, organizationId }
  const resealing = underOrganizationKeys(deps)
  for (const column of organizationColumns) await resealColumn(resealing, { column, under }, signal)
  if (signal.aborted || (await isKeyInUse(ctx.db, under))) return
  await onlyOnce(ctx, async (tx) => {
    const destroyed = await destroyOrganizationKeys(tx, { organizationId, id }, ctx.clock.now())
    if (destroyed === 0) throw doneAlready()
    return {
      result: undefined,
      audit: {
        action: 'organization_key.destroyed',
        target: { type: 'organization_key', id, name: id },
        organizationId,
      },
    }
  })
}

/** Of several nodes that find the same done, one writes it down. */
async function onlyOnce(
  ctx: Context,
  work: (tx: Writer) => Promise<Mutation<void>>,
): Promise<void> {
  try {
    await ctx.mutate(work)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'already_exists') throw error
  }
}

function doneAlready(): AppError {
  return new AppError('already_exists', { detail: 'Another node did it.' })
}
