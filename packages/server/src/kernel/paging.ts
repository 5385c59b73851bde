import { parseStrictJson } from '@keyporter/protocol'
import { AppError } from './app-error.ts'
import type { Context } from './context.ts'

const PAGE_DEFAULT = 25
const PAGE_MAX = 100

/** Returns the page size for the `limit` of a query: 25 by default, 100 at most. */
export function pageLimit(limit: string | undefined): number {
  return limit === undefined ? PAGE_DEFAULT : Math.min(Number(limit), PAGE_MAX)
}

/** The sort values of the last item on a page, with the id last. The next page starts after them. */
export type Position = readonly (string | number)[]

/**
 * Returns an opaque cursor. A MAC binds the cursor to the organization and to the list.
 *
 * @param list the list with its filters and its order
 */
export function encodeCursor(ctx: Context, list: unknown, position: Position): string {
  const text = Buffer.from(JSON.stringify(position)).toString('base64url')
  return `${text}.${signCursor(ctx, list, text)}`
}

/**
 * Returns the position in a cursor from {@link encodeCursor}. Organization and list must be the same.
 *
 * @throws {AppError} `invalid_cursor`
 */
export function decodeCursor(
  ctx: Context,
  list: unknown,
  cursor: string | undefined,
): Position | undefined {
  if (cursor === undefined) return undefined
  const [text, mac, rest] = cursor.split('.')
  if (text === undefined || rest !== undefined || mac !== signCursor(ctx, list, text)) {
    throw new AppError('invalid_cursor', {
      detail:
        'The cursor does not match this list. Send nextCursor of the previous page with the same filters and sorting.',
    })
  }
  const parsed = parseStrictJson(Buffer.from(text, 'base64url').toString('utf8'))
  if (!parsed.ok || !isPosition(parsed.value))
    throw new TypeError('A cursor with a valid MAC does not parse')
  return parsed.value
}

/** Returns a page of at most `limit` rows. An extra row tells that another page follows. */
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
  return ctx.digests
    .keyedDigest(JSON.stringify(['cursor', ctx.organizationId, list, text]))
    .slice(0, 22)
}

function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) &&
    value.every((part) => typeof part === 'string' || typeof part === 'number')
  )
}
