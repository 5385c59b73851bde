import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import { NOT_ALLOWED } from './addresses.ts'

/**
 * Requires that there are no problems.
 *
 * @throws {AppError} `address_not_allowed` if all problems are addresses that are not allowed,
 *   otherwise `invalid_request`
 */
export function requireNoProblems(problems: readonly FieldProblem[]): void {
  const [first] = problems
  if (first === undefined) return
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const detail = `${first.pointer}: ${first.detail}${more}.`
  const onlyAddresses = problems.every(({ code }) => code === NOT_ALLOWED)
  throw new AppError(onlyAddresses ? 'address_not_allowed' : 'invalid_request', {
    detail,
    fields: problems,
  })
}
