import { parseStrictJson } from '@keyporter/protocol'
import { AppError } from './app-error.ts'
import type { Context } from './context.ts'

/** The default and the greatest number of items on a page. */
const PAGE_DEFAULT = 25
const PAGE_MAX = 100

/** The number of items that a list's query asks for; over 100 counts as 100. */
export function pageLimit(limit: string | undefined): number {
  return limit === undefined ? PAGE_DEFAULT : Math.min(Number(limit), PAGE_MAX)
}

/** The place in a list after which the next page begins: the values of the sort columns, the id last. */
export type Position = readonly (string | number)[]

/**
 * Writes a cursor: opaque, sealed against tampering, and bound to the organization and to the list with
 * its filters and sorting. `list` names these.
 */
export function encodeCursor(ctx: Context, list: unknown, position: Position): string {
  const text = Buffer.from(JSON.stringify(position)).toString('base64url')
  return `${text}.${signCursor(ctx, list, text)}`
}

/**
 * Reads a cursor that {@link encodeCursor} wrote for the same list and organization.
 *
 * @throws {AppError} `invalid_cursor`
 */
export function decodeCursor(
  ctx: Context,
  list: unknown,
  cursor: string | undefined,
): Position | undefined {
  if (cursor === undefined) return undefined
  const [text, seal, rest] = cursor.split('.')
  if (text === undefined || rest !== undefined || seal !== signCursor(ctx, list, text)) {
    throw new AppError('invalid_cursor', {
      detail: 'Use nextCursor of the previous page, with the same filters.',
    })
  }
  const parsed = parseStrictJson(Buffer.from(text, 'base64url').toString('utf8'))
  if (!parsed.ok || !isPosition(parsed.value)) throw new TypeError('A sealed cursor does not parse')
  return parsed.value
}

/** Cuts the extra row off that a query fetched to see whether there is more. */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (last: T) => string,
): { readonly data: readonly T[]; readonly nextCursor: string | null } {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}

function signCursor(ctx: Context, list: unknown, text: string): string {
  return ctx.digests.digest(JSON.stringify(['cursor', ctx.organizationId, list, text])).slice(0, 22)
}

function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) &&
    value.every((part) => typeof part === 'string' || typeof part === 'number')
  )
}
