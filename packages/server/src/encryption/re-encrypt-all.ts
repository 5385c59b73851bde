import { AppError } from '../kernel/app-error.ts'
import type { Context, Mutation } from '../kernel/context.ts'
import type { Reader, Writer } from '../store/open.ts'
import { auditOrganizationKeys } from './audit-entry.ts'
import {
  countEncryptedWithRootKey,
  isKeyInUse,
  organizationColumns,
  rootColumns,
} from './encrypted-columns.ts'
import {
  destroyOrganizationKeys,
  hasExhaustedKey,
  type OrganizationKey,
  retireCurrentKeys,
  selectRetiredKeys,
} from './organization-key-rows.ts'
import { reEncryptColumn } from './re-encrypt-column.ts'
import {
  organizationKeyReEncryption,
  type ReEncryptionDeps,
  rootKeyReEncryption,
} from './re-encryption-steps.ts'
import { clearPreviousRootKey, findRootKeyState } from './root-key-rows.ts'

/** Half of the allowed encryptions under a key, which leaves time for the rotation. */
const ENCRYPTION_COUNT_MAX = 2 ** 31
const KEYS_BATCH = 100

/** Returns whether a key needs rotation or re-encryption, see {@link reEncrypt}. */
export async function isReEncryptionDue(db: Reader): Promise<boolean> {
  const { previousKeyId } = await findRootKeyState(db)
  if (previousKeyId !== undefined) return true
  const [retired] = await selectRetiredKeys(db, { after: '', limit: 1 })
  return retired !== undefined || (await hasExhaustedKey(db, ENCRYPTION_COUNT_MAX))
}

/**
 * Re-encrypts all data under previous keys, and destroys those keys. The store keeps the state: the
 * work can be interrupted at any point, and run by several nodes at once.
 */
export async function reEncrypt(deps: ReEncryptionDeps, signal: AbortSignal): Promise<void> {
  await reEncryptRootColumns(deps, signal)
  await retireExhaustedKeys(deps)
  let after = ''
  while (!signal.aborted) {
    const keys = await selectRetiredKeys(deps.ctx.db, { after, limit: KEYS_BATCH })
    for (const key of keys) await reEncryptRetiredKey(deps, key, signal)
    const last = keys.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

async function reEncryptRootColumns(deps: ReEncryptionDeps, signal: AbortSignal): Promise<void> {
  const { ctx, store } = deps
  const { previousKeyId: keyId } = await findRootKeyState(ctx.db)
  if (keyId === undefined) return ctx.rootEncryption.finishRotation()
  const reEncryption = rootKeyReEncryption(deps)
  for (const column of rootColumns)
    await reEncryptColumn(reEncryption, { column, filter: { keyId } }, signal)
  if (signal.aborted || (await countEncryptedWithRootKey(store.reader, keyId)) > 0) return
  await mutateOnce(ctx, async (tx) => {
    if (!(await clearPreviousRootKey(tx, keyId))) throw completedElsewhere()
    return {
      result: undefined,
      audit: { action: 'root_key.retired', target: { type: 'root_key', id: keyId, name: keyId } },
    }
  })
  ctx.rootEncryption.finishRotation()
}

async function retireExhaustedKeys({ ctx }: ReEncryptionDeps): Promise<void> {
  if (!(await hasExhaustedKey(ctx.db, ENCRYPTION_COUNT_MAX))) return
  await mutateOnce(ctx, async (tx) => {
    const exhausted = { encryptionCountMin: ENCRYPTION_COUNT_MAX }
    const retired = await retireCurrentKeys(tx, exhausted, ctx.clock.now())
    if (retired.length === 0) throw completedElsewhere()
    return {
      result: undefined,
      audit: auditOrganizationKeys(ctx, undefined, { action: 'organization_key.rotated' }),
    }
  })
}

/** Re-encrypts all data under a retired key and destroys the key. */
async function reEncryptRetiredKey(
  deps: ReEncryptionDeps,
  { id, organizationId }: OrganizationKey,
  signal: AbortSignal,
): Promise<void> {
  const { ctx } = deps
  const filter = { keyId: id, organizationId }
  const reEncryption = organizationKeyReEncryption(deps)
  for (const column of organizationColumns)
    await reEncryptColumn(reEncryption, { column, filter }, signal)
  if (signal.aborted || (await isKeyInUse(ctx.db, filter))) return
  await mutateOnce(ctx, async (tx) => {
    const destroyed = await destroyOrganizationKeys(tx, { organizationId, id }, ctx.clock.now())
    if (destroyed === 0) throw completedElsewhere()
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

/** Runs a mutation that several nodes can attempt. Ignores `already_exists`: another node has completed the step. */
async function mutateOnce(
  ctx: Context,
  work: (tx: Writer) => Promise<Mutation<void>>,
): Promise<void> {
  try {
    await ctx.mutate(work)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'already_exists') throw error
  }
}

function completedElsewhere(): AppError {
  return new AppError('already_exists', { detail: 'Another node has completed this step.' })
}
