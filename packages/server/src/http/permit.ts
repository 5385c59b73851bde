import type { Access } from '@keyporter/contract'
import type { FastifyRequest } from 'fastify'
import { requirePermissions } from '../kernel/authorize.ts'
import type { Actor } from '../kernel/context.ts'

/** Who a request comes from, as authentication finds it. */
export type Principal = {
  readonly actor: Actor
  readonly operator: boolean
  /** A browser session: its changes must come from our own pages. */
  readonly session: boolean
  /** The secret that a credential presented itself with, where it did. */
  readonly secretId?: string
}

/** Counts that one of our own credentials called the management API. */
export type CountUse = (use: {
  readonly credential: { readonly id: string; readonly organizationId: string }
  readonly secretId?: string | undefined
  readonly outcome: 'valid' | 'insufficient_permissions'
  readonly permissions: readonly string[]
  readonly ip: string
}) => void

/**
 * Requires what a route asks for, and counts the use of the credential either way.
 *
 * @throws {AppError} `insufficient_permissions`
 */
export function permit(
  { actor, secretId }: Principal,
  {
    access,
    request,
    countUse,
  }: { readonly access: Access; readonly request: FastifyRequest; readonly countUse: CountUse },
): void {
  const needed = Array.isArray(access) ? access : []
  if (actor.kind === 'credential') {
    const outcome = needed.every((name) => actor.permissions.has(name))
      ? 'valid'
      : 'insufficient_permissions'
    countUse({ credential: actor, secretId, outcome, permissions: needed, ip: request.ip })
  }
  requirePermissions(actor, needed)
}
