import type { Context } from '../kernel/context.ts'
import type { Log } from '../platform/log.ts'
import type { Store } from '../store/open.ts'
import { DecryptionError, type OrganizationEncryption } from './organization-encryption.ts'
import type { ReEncryption } from './re-encrypt-column.ts'
import type { RootEncryption } from './root-encryption.ts'
import { lockRootKey } from './root-key-rows.ts'

/**
 * The dependencies of a re-encryption. The actor of the context is Keyporter, acting for the
 * operator.
 */
export type ReEncryptionDeps = {
  readonly ctx: Context
  readonly store: Store
  readonly log: Pick<Log, 'warn'>
}

/** Re-encrypts from the previous root key to the current one. */
export function rootKeyReEncryption(deps: ReEncryptionDeps): ReEncryption {
  const { rootEncryption } = deps.ctx
  return {
    ...commonSteps(deps),
    decrypt: decryptWithRootKey(rootEncryption),
    encrypt: async (tx, plaintext, context) =>
      (await lockRootKey(tx, rootEncryption)).encrypt(plaintext, context),
  }
}

/** Re-encrypts from a retired key of an organization to its current one. */
export function organizationKeyReEncryption(deps: ReEncryptionDeps): ReEncryption {
  const { organizationEncryption } = deps.ctx
  return {
    ...commonSteps(deps),
    decrypt: decryptWithOrganizationKey(organizationEncryption),
    encrypt: organizationEncryption.encrypt,
  }
}

function decryptWithRootKey(rootEncryption: RootEncryption): ReEncryption['decrypt'] {
  return async ({ ciphertext, context }) => {
    try {
      return rootEncryption.decrypt(ciphertext, context)
    } catch {
      return undefined
    }
  }
}

function decryptWithOrganizationKey(
  organizationEncryption: OrganizationEncryption,
): ReEncryption['decrypt'] {
  return async ({ ciphertext, context }) => {
    try {
      return await organizationEncryption.decrypt(ciphertext, context)
    } catch (error) {
      if (error instanceof DecryptionError) return undefined
      throw error
    }
  }
}

function commonSteps({
  ctx,
  store,
  log,
}: ReEncryptionDeps): Pick<ReEncryption, 'store' | 'clock' | 'skip'> {
  return {
    store,
    clock: ctx.clock,
    skip: ({ table }, { context }) =>
      log.warn('re-encryption skipped a ciphertext that cannot be decrypted', {
        organizationId: context.organization,
        code: `${table} ${context.record}`,
      }),
  }
}
