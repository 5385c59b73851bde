import { findOrganization } from '../../identity/organizations/index.ts'
import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'

/**
 * The organizations to grant an api to, each once; null for every one.
 *
 * @throws {AppError} `invalid_request` pointing at each id that is none
 */
export async function requireOrganizations(
  ctx: Context,
  asked: 'all' | readonly string[],
): Promise<readonly string[] | null> {
  if (asked === 'all') return null
  const ids = [...new Set(asked)]
  const found = await Promise.all(ids.map((id) => findOrganization(ctx.db, id)))
  const unknown = new Set(ids.filter((_, at) => found[at] === undefined))
  if (unknown.size === 0) return ids
  const fields = asked.flatMap((id, at): FieldProblem[] =>
    unknown.has(id)
      ? [{ pointer: `/organizations/${at}`, code: 'unknown', detail: 'No such organization' }]
      : [],
  )
  throw new AppError('invalid_request', { detail: 'An organization does not exist.', fields })
}
