import type { Route } from '@keyporter/contract'
import { decodeUtf8, type JsonFault, parseStrictJson } from '@keyporter/protocol'
import type * as z from 'zod'
import { AppError, type FieldProblem } from '../kernel/app-error.ts'

const jsonFaults: Record<JsonFault['kind'], string> = {
  syntax: 'Invalid JSON syntax',
  duplicate_key: 'Duplicate name in an object',
  forbidden_key: 'Forbidden name in an object',
  too_deep: 'Too many nesting levels',
  too_many_keys: 'Too many members',
  number_range: 'A number without an exact double representation',
  lone_surrogate: 'A lone surrogate in a string',
}

// Only API definitions with many operations need more; their routes set `bodyBytesMax`.
const SMALL_BODY_BYTES = 64 * 1024
const SMALL_KEYS_MAX = 1_000
const LARGE_KEYS_MAX = 200_000

/** Returns the maximum body size of a route, in bytes. */
export function bodyLimit(route: Route): number {
  return route.bodyBytesMax ?? SMALL_BODY_BYTES
}

/**
 * Parses the bytes of a JSON body into an object.
 *
 * @throws {AppError} `malformed_json` with the position, but never with body text; `unsupported_media_type`
 */
export function readJsonObject(body: unknown, route: Route): Record<string, unknown> {
  const bytes = bodyBytes(body)
  if (bytes.length === 0) return {}
  const text = decodeUtf8(bytes)
  if (text === undefined) throw new AppError('malformed_json', { detail: 'The body is not UTF-8.' })
  const keysMax = bodyLimit(route) > SMALL_BODY_BYTES ? LARGE_KEYS_MAX : SMALL_KEYS_MAX
  const parsed = parseStrictJson(text, { keysMax })
  if (!parsed.ok) {
    throw new AppError('malformed_json', {
      detail: `${jsonFaults[parsed.fault.kind]}, at character ${parsed.fault.offset}.`,
    })
  }
  if (!isRecord(parsed.value))
    throw new AppError('malformed_json', { detail: 'The body must be a JSON object.' })
  return parsed.value
}

/**
 * Returns the bytes of a body, empty without one. Forms, which the parser passes as strings, are rejected: any
 * web page can send them cross-origin. Only the OAuth endpoints accept forms.
 *
 * @throws {AppError} `unsupported_media_type`
 */
export function bodyBytes(body: unknown): Uint8Array {
  if (typeof body === 'string')
    throw new AppError('unsupported_media_type', {
      detail: 'Forms are not supported here. Send the body as application/json.',
    })
  return body instanceof Uint8Array ? body : new Uint8Array()
}

/** Whether a value is an object, and neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parts of a request that have schemas. */
export type RawParts = { readonly params: unknown; readonly query: unknown; readonly body: unknown }

/**
 * Parses the parts of a request by the route's schemas. Unknown fields are rejected.
 *
 * @throws {AppError} `invalid_request` with all problems
 */
export function parseParts(route: Route, raw: RawParts): Record<keyof RawParts, unknown> {
  const problems: FieldProblem[] = []
  const parse = (name: keyof RawParts, schema: z.ZodType | undefined): unknown => {
    const value = raw[name]
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

function toProblem(part: keyof RawParts, issue: z.core.$ZodIssue): FieldProblem {
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
