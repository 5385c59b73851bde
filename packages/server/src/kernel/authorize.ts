import { AppError } from './app-error.ts'
import type { Actor, Context } from './context.ts'

/**
 * Requires all of the permissions.
 *
 * @throws {AppError} `insufficient_permissions`, with the missing permissions
 */
export function requirePermissions(actor: Actor, permissions: readonly string[]): void {
  const missing = permissions.filter((permission) => !actor.permissions.has(permission))
  if (missing.length === 0) return
  throw new AppError('insufficient_permissions', {
    detail: `Missing permissions: ${missing.join(', ')}. This operation requires ${permissions.join(' and ')}.`,
    requiredPermissions: permissions,
  })
}

/**
 * Requires that the caller acts for the operator, the organization that runs this installation.
 *
 * @throws {AppError} `operator_only`
 */
export function requireOperator(ctx: Context): void {
  if (ctx.operator) return
  throw new AppError('operator_only', {
    detail: 'Only the operator of this Keyporter installation can do this.',
  })
}

/**
 * Requires that the resource still has the version that the caller expects (`If-Match`, RFC 9110 §13.1.1).
 *
 * @throws {AppError} `precondition_failed`
 */
export function requireVersion(current: number, expected: number | undefined): void {
  if (expected !== undefined && expected !== current) throw concurrentChange()
}

/** Returns the error for an update that lost against a concurrent one. */
export function concurrentChange(): AppError {
  return new AppError('precondition_failed', {
    detail: 'The resource was changed since it was loaded. Load it again, then repeat the change.',
  })
}

/**
 * Returns the error for a missing resource. Another organization's resource and a disabled feature give
 * the same error, so that the response does not reveal their existence.
 */
export function notFound(): AppError {
  return new AppError('not_found', { detail: 'No such resource. Check the URL and the id.' })
}
