import type { Input, Output, routes } from '@keyporter/contract'
import { findOrganization } from '../identity/organizations/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { notFound, requireOperator } from '../kernel/authorize.ts'
import type { Context } from '../kernel/context.ts'
import { auditOrganizationKeys } from './audit-entry.ts'
import { retirePresentKeys } from './organization-key-rows.ts'
import { findRootKeyState, rotationUnderWay, switchRootKey } from './root-key-rows.ts'
import { readEncryptionKeys } from './status.ts'

type Route = typeof routes.encryptionKeys.rotate

/**
 * Puts new keys into use: the next root key, or a new key for each organization. Everything under the
 * earlier ones is sealed anew afterwards, by every node, while Keyporter serves.
 *
 * @throws {AppError} `operator_only`, `not_found` when there is no such organization, `already_exists`
 *   while a rotation of the root key is under way, `root_key_missing`
 */
export async function rotateEncryptionKeys(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const { scope, organizationId } = body
  if (scope === 'organizations') return rotateOrganizationKeys(ctx, organizationId)
  if (organizationId === undefined) return rotateRootKey(ctx)
  throw rootKeyOfAll()
}

// The response is read in the transaction: right after it, the job that re-encrypts may already be done.

async function rotateRootKey(ctx: Context): Promise<Output<Route>> {
  const { previousKeyId } = await findRootKeyState(ctx.db)
  if (previousKeyId !== undefined) throw rotationUnderWay()
  ctx.sealing.prepareNext()
  const nextKeyId = ctx.sealing.nextKeyId()
  if (nextKeyId === undefined) throw rootKeyMissing()
  return ctx.mutate(async (tx) => {
    await switchRootKey(tx, ctx.sealing, nextKeyId)
    return {
      result: await readEncryptionKeys({ db: tx, sealing: ctx.sealing }, undefined),
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
    await retirePresentKeys(tx, { organizationId }, ctx.clock.now())
    return {
      result: await readEncryptionKeys({ db: tx, sealing: ctx.sealing }, organizationId),
      audit: auditOrganizationKeys(ctx, organization, { action: 'organization_key.rotated' }),
    }
  })
}

function rootKeyMissing(): AppError {
  return new AppError('root_key_missing', {
    detail:
      'Start every node with a new KEYPORTER_ROOT_KEY, and the present one as KEYPORTER_ROOT_KEY_PREVIOUS.',
  })
}

function rootKeyOfAll(): AppError {
  const detail = 'The root key is that of all organizations'
  return new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/organizationId', code: 'invalid', detail }],
  })
}
