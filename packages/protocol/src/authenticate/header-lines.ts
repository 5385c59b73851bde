/** The headers of a request that is about to be signed in: checked, found and replaced. */
import { comparableFieldName, FIELD_NAME, FIELD_VALUE, isReservedField } from '../http-fields.ts'
import { type Header, SigningError } from './request.ts'

/**
 * The headers with these in place of every other of the same names. Some servers read `X_Api_Key` as
 * `X-Api-Key`, so both count as the same name.
 *
 * @throws {SigningError} when any header, old or new, has no form on the wire, or one of the new is reserved
 */
export function setHeaders(
  headers: readonly Header[],
  entries: readonly Header[],
): readonly Header[] {
  for (const { name } of entries) {
    if (isReservedField(name)) {
      throw new SigningError('A header that the HTTP client sets cannot hold a credential.')
    }
  }
  const all = [...dropHeaders(headers, entries), ...entries]
  for (const header of all) requireHeader(header)
  return all
}

/** The headers without those of these names, spelled in any case, with `_` or with `-`. */
export function dropHeaders(
  headers: readonly Header[],
  named: readonly Pick<Header, 'name'>[],
): readonly Header[] {
  const names = new Set(named.map(({ name }) => comparableFieldName(name)))
  return headers.filter(({ name }) => !names.has(comparableFieldName(name)))
}

/**
 * The value of all headers of this name, one after the other as they stand, or `undefined` where there
 * is none.
 *
 * @see RFC 9110 §5.3
 */
export function findHeader(headers: readonly Header[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  const found = headers.filter((header) => header.name.toLowerCase() === wanted)
  return found.length === 0 ? undefined : found.map(({ value }) => value.trim()).join(', ')
}

function requireHeader({ name, value }: Header): void {
  if (!FIELD_NAME.test(name)) throw new SigningError('A header has a name that cannot be sent.')
  if (!FIELD_VALUE.test(value)) throw new SigningError('A header has a value that cannot be sent.')
}
