import { findOrganization } from '../../identity/organizations/index.ts'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'

/**
 * Returns the organizations to grant an API to, without duplicates; null for all organizations.
 *
 * @throws {AppError} `invalid_request` pointing at each unknown id
 */
export async function requireOrganizations(
  ctx: Context,
  requested: 'all' | readonly string[],
): Promise<readonly string[] | null> {
  if (requested === 'all') return null
  const ids = [...new Set(requested)]
  const found = await Promise.all(ids.map((id) => findOrganization(ctx.db, id)))
  const unknown = new Set(ids.filter((_, at) => found[at] === undefined))
  if (unknown.size === 0) return ids
  const fields = requested.flatMap((id, at): FieldProblem[] =>
    unknown.has(id)
      ? [{ pointer: `/organizations/${at}`, code: 'unknown', detail: 'Unknown organization' }]
      : [],
  )
  throw new AppError('invalid_request', {
    detail: 'The list contains unknown organizations.',
    fields,
  })
}
