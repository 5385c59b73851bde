import type { Route } from '@keyporter/contract'
import { decodeUtf8, type JsonFault, parseStrictJson } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import { isRecord } from '../kernel/parse-input.ts'

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
  if (text === undefined)
    throw new AppError('malformed_json', {
      detail: 'The body is not valid UTF-8. Send it as UTF-8.',
    })
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
