import { AppError } from './app-error.ts'
import type { Actor, Context } from './context.ts'

/**
 * Requires every one of the permissions.
 *
 * @throws {AppError} `insufficient_permissions`, naming what is missing
 */
export function requirePermissions(actor: Actor, permissions: readonly string[]): void {
  const missing = permissions.filter((permission) => !actor.permissions.has(permission))
  if (missing.length === 0) return
  throw new AppError('insufficient_permissions', {
    detail: `This needs ${permissions.join(' and ')}; missing: ${missing.join(', ')}.`,
    requiredPermissions: permissions,
  })
}

/**
 * Requires that the caller belongs to the operator, the company that runs this Keyporter, and acts for it.
 *
 * @throws {AppError} `operator_only`
 */
export function requireOperator(ctx: Context): void {
  if (ctx.operator) return
  throw new AppError('operator_only', { detail: 'This belongs to the operator of this Keyporter.' })
}

/**
 * Compares the version that the caller has seen (`If-Match`) with the present one.
 *
 * @throws {AppError} `precondition_failed`
 */
export function requireVersion(present: number, seen: number | undefined): void {
  if (seen === undefined || seen === present) return
  throw new AppError('precondition_failed', {
    detail: 'It was changed in the meantime. Load it again.',
  })
}

/** The one answer for what does not exist, is another organization's, or is switched off. */
export function notFound(): AppError {
  return new AppError('not_found', { detail: 'There is nothing here under this address.' })
}
