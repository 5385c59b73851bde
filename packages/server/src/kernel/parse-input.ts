import type { Route } from '@keyporter/contract'
import type * as z from 'zod'
import { AppError, type FieldProblem } from './app-error.ts'

/** Whether a value is an object, and neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parts of a request that have schemas. */
export type UnparsedParts = {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/**
 * Parses the parts of a request by the route's schemas. Unknown fields are rejected.
 *
 * @throws {AppError} `invalid_request` with all problems
 */
export function parseParts(
  route: Route,
  unparsed: UnparsedParts,
): Record<keyof UnparsedParts, unknown> {
  const problems: FieldProblem[] = []
  const parse = (name: keyof UnparsedParts, schema: z.ZodType | undefined): unknown => {
    const value = unparsed[name]
    if (schema === undefined) {
      if (isRecord(value) && name !== 'params')
        problems.push(...Object.keys(value).map(() => unexpected(name)))
      return {}
    }
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    problems.push(...parsed.error.issues.map((issue) => toProblem(name, issue)))
    return {}
  }
  const parsed = {
    params: parse('params', route.params),
    query: parse('query', route.query),
    body: parse('body', route.body),
  }
  if (problems.length > 0)
    throw new AppError('invalid_request', { detail: summarize(problems), fields: problems })
  return parsed
}

function unexpected(part: string): FieldProblem {
  return { pointer: '', code: 'unknown_field', detail: `This route has no ${part} fields` }
}

function toProblem(part: keyof UnparsedParts, issue: z.core.$ZodIssue): FieldProblem {
  const pointer = issue.path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
  const prefix = part === 'body' ? '' : `/${part}`
  if (issue.code === 'unrecognized_keys') {
    return {
      pointer: `${prefix}${pointer}`,
      code: 'unknown_field',
      detail: 'Unknown field',
    }
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined
  return {
    pointer: `${prefix}${pointer}`,
    code: missing ? 'required' : issue.code === 'custom' ? 'invalid' : issue.code,
    detail: missing ? 'Required' : describe(issue),
  }
}

// zod's messages list allowed values and never contain the input.
function describe(issue: z.core.$ZodIssue): string {
  return issue.message
}

function summarize(problems: readonly FieldProblem[]): string {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${first?.pointer === '' ? '' : `${first?.pointer}: `}${first?.detail}${more}.`
}
