import type { Access } from '@keyporter/contract'
import { requirePermissions } from './authorize.ts'
import type { Principal } from './context.ts'
import type { RecordUse } from './record-use.ts'

/**
 * Requires the permissions of a route. Records the use of a credential even if permissions are missing.
 *
 * @throws {AppError} `insufficient_permissions`
 */
export function authorizeRequest(
  { actor, secretId }: Principal,
  {
    access,
    ip,
    recordUse,
  }: { readonly access: Access; readonly ip: string; readonly recordUse: RecordUse },
): void {
  const needed = Array.isArray(access) ? access : []
  if (actor.kind === 'credential') {
    const outcome = needed.every((name) => actor.permissions.has(name))
      ? 'valid'
      : 'insufficient_permissions'
    recordUse({ credential: actor, secretId, outcome, permissions: needed, ip })
  }
  requirePermissions(actor, needed)
}
