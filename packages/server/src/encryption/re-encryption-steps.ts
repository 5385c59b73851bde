import type { Context } from '../kernel/context.ts'
import type { Log } from '../platform/log.ts'
import type { Store } from '../store/open.ts'
import { UnreadableError, type Vault } from './organization-encryption.ts'
import type { Resealing } from './re-encrypt.ts'
import type { RootSealing } from './root-encryption.ts'
import { holdRootKey } from './root-key-rows.ts'

/** What sealing anew works with; the context is Keyporter's own, acting for the operator. */
export type RekeyDeps = {
  readonly ctx: Context
  readonly store: Store
  readonly log: Pick<Log, 'warn'>
}

/** From one root key to the present one. */
export function underRootKey(deps: RekeyDeps): Resealing {
  const { sealing } = deps.ctx
  return {
    ...around(deps),
    open: openWithRootKey(sealing),
    seal: async (tx, plaintext, place) => (await holdRootKey(tx, sealing)).seal(plaintext, place),
  }
}

/** From one key of an organization to its present one. */
export function underOrganizationKeys(deps: RekeyDeps): Resealing {
  const { vault } = deps.ctx
  return { ...around(deps), open: openWithVault(vault), seal: vault.seal }
}

function openWithRootKey(sealing: RootSealing): Resealing['open'] {
  return async ({ sealed, place }) => {
    try {
      return sealing.open(sealed, place)
    } catch {
      return undefined
    }
  }
}

function openWithVault(vault: Vault): Resealing['open'] {
  return async ({ sealed, place }) => {
    try {
      return await vault.open(sealed, place)
    } catch (error) {
      if (error instanceof UnreadableError) return undefined
      throw error
    }
  }
}

function around({ ctx, store, log }: RekeyDeps): Pick<Resealing, 'store' | 'clock' | 'skip'> {
  return {
    store,
    clock: ctx.clock,
    skip: ({ table }, { place }) =>
      log.warn('a sealed value does not open, and stays under its key', {
        organizationId: place.organization,
        code: `${table} ${place.record}`,
      }),
  }
}
