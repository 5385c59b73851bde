import type { Input, Output, routes } from '@keyporter/contract'
import { findOrganization } from '../identity/organizations/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { notFound, requireOperator } from '../kernel/authorize.ts'
import type { Context } from '../kernel/context.ts'
import { auditOrganizationKeys } from './audit-entry.ts'
import { retireCurrentKeys } from './organization-key-rows.ts'
import { findRootKeyState, rotationInProgress, switchRootKey } from './root-key-rows.ts'
import { readEncryptionKeys } from './status.ts'

type Route = typeof routes.encryptionKeys.rotate

/**
 * Rotates the root key or the keys of organizations. A background job re-encrypts the data under
 * the earlier keys while Keyporter serves requests.
 *
 * @throws {AppError} `operator_only`, `not_found` when the organization does not exist,
 *   `already_exists` while a rotation of the root key is in progress, `root_key_missing`
 */
export async function rotateEncryptionKeys(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const { scope, organizationId } = body
  if (scope === 'organizations') return rotateOrganizationKeys(ctx, organizationId)
  if (organizationId === undefined) return rotateRootKey(ctx)
  throw organizationNotAllowed()
}

async function rotateRootKey(ctx: Context): Promise<Output<Route>> {
  const { previousKeyId } = await findRootKeyState(ctx.db)
  if (previousKeyId !== undefined) throw rotationInProgress()
  ctx.rootEncryption.prepareNextKey()
  const nextKeyId = ctx.rootEncryption.nextKeyId()
  if (nextKeyId === undefined) throw rootKeyMissing()
  // The response is read in the transaction: right after it, the re-encryption can be complete.
  return ctx.mutate(async (tx) => {
    await switchRootKey(tx, ctx.rootEncryption, nextKeyId)
    return {
      result: await readEncryptionKeys({ db: tx, rootEncryption: ctx.rootEncryption }, undefined),
      audit: {
        action: 'root_key.rotated',
        target: { type: 'root_key', id: nextKeyId, name: nextKeyId },
      },
    }
  })
}

async function rotateOrganizationKeys(
  ctx: Context,
  organizationId: string | undefined,
): Promise<Output<Route>> {
  const organization =
    organizationId === undefined ? undefined : await findOrganization(ctx.db, organizationId)
  if (organizationId !== undefined && organization === undefined) throw notFound()
  return ctx.mutate(async (tx) => {
    await retireCurrentKeys(tx, { organizationId }, ctx.clock.now())
    return {
      result: await readEncryptionKeys(
        { db: tx, rootEncryption: ctx.rootEncryption },
        organizationId,
      ),
      audit: auditOrganizationKeys(ctx, organization, { action: 'organization_key.rotated' }),
    }
  })
}

function rootKeyMissing(): AppError {
  return new AppError('root_key_missing', {
    detail:
      'No new root key is configured. Start every node with a new KEYPORTER_ROOT_KEY, and the current key as KEYPORTER_ROOT_KEY_PREVIOUS.',
  })
}

function organizationNotAllowed(): AppError {
  const detail = 'The root key belongs to all organizations: omit organizationId'
  return new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/organizationId', code: 'invalid', detail }],
  })
}
