import type { Access } from '@keyporter/contract'
import { requirePermissions } from './authorize.ts'
import type { Actor } from './context.ts'

/** The caller of a route, anonymous on public routes. */
export type Principal = {
  readonly actor: Actor
  readonly operator: boolean
  /** Whether the caller used a session cookie: its changes must come from the same origin. */
  readonly session: boolean
  /** The secret that was sent, if the caller did not send an access token. */
  readonly secretId?: string
}

/** Records a call to the management API in the usage of the credential. */
export type RecordUse = (use: {
  readonly credential: { readonly id: string; readonly organizationId: string }
  readonly secretId?: string | undefined
  readonly outcome: 'valid' | 'insufficient_permissions'
  readonly permissions: readonly string[]
  readonly ip: string
}) => void

/**
 * Requires the permissions of a route. Records the use of the credential in both cases.
 *
 * @throws {AppError} `insufficient_permissions`
 */
export function authorizeCall(
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
