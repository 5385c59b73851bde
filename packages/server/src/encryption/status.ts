import type { Input, Output, routes } from '@keyporter/contract'
import { findOrganization } from '../identity/organizations/index.ts'
import { notFound, requireOperator } from '../kernel/authorize.ts'
import type { Context } from '../kernel/context.ts'
import type { Reader, Writer } from '../store/open.ts'
import { countUnderRootKey } from './encrypted-columns.ts'
import { countOrganizationKeys } from './organization-key-rows.ts'
import { findRootKeyState } from './root-key-rows.ts'

type Route = typeof routes.encryptionKeys.status

/**
 * How far the rotations are, of all organizations or of one.
 *
 * @throws {AppError} `operator_only`, `not_found` when there is no such organization
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

/** The state of the keys as the API shows it. */
export async function readEncryptionKeys(
  { db, sealing }: { readonly db: Reader | Writer; readonly sealing: Context['sealing'] },
  organizationId: string | undefined,
): Promise<Output<Route>> {
  const { presentKeyId, previousKeyId } = await findRootKeyState(db)
  const nextKeyId = sealing.nextKeyId()
  return {
    rootKey: {
      id: presentKeyId,
      // Each process learns of a rotation a moment after it.
      nextId: nextKeyId === undefined || nextKeyId === presentKeyId ? null : nextKeyId,
      previousId: previousKeyId ?? null,
      remaining: previousKeyId === undefined ? 0 : await countUnderRootKey(db, previousKeyId),
    },
    organizationKeys: await countOrganizationKeys(db, organizationId),
  }
}
