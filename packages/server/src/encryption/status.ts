import type { Input, Output, routes } from '@keyporter/contract'
import { findOrganization } from '../identity/organizations/index.ts'
import { notFound, requireOperator } from '../kernel/authorize.ts'
import type { Context } from '../kernel/context.ts'
import type { Reader, Writer } from '../store/open.ts'
import { countEncryptedWithRootKey } from './encrypted-columns.ts'
import { countOrganizationKeys } from './organization-key-rows.ts'
import { findRootKeyState } from './root-key-rows.ts'

type Route = typeof routes.encryptionKeys.status

/**
 * Returns the progress of key rotations, of all organizations or of one.
 *
 * @throws {AppError} `operator_only`, `not_found` when the organization does not exist
 */
export async function getEncryptionKeys(
  ctx: Context,
  { query }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const { organizationId } = query
  if (organizationId !== undefined && !(await findOrganization(ctx.db, organizationId)))
    throw notFound()
  return readEncryptionKeys(ctx, organizationId)
}

/** Returns the state of the keys as the API presents it. */
export async function readEncryptionKeys(
  {
    db,
    rootEncryption,
  }: { readonly db: Reader | Writer; readonly rootEncryption: Context['rootEncryption'] },
  organizationId: string | undefined,
): Promise<Output<Route>> {
  const { currentKeyId, previousKeyId } = await findRootKeyState(db)
  const nextKeyId = rootEncryption.nextKeyId()
  return {
    rootKey: {
      id: currentKeyId,
      // A process reads a rotation from the change feed, shortly after the rotation committed.
      nextId: nextKeyId === undefined || nextKeyId === currentKeyId ? null : nextKeyId,
      previousId: previousKeyId ?? null,
      remaining:
        previousKeyId === undefined ? 0 : await countEncryptedWithRootKey(db, previousKeyId),
    },
    organizationKeys: await countOrganizationKeys(db, organizationId),
  }
}
