/** Checks, finds and replaces headers of an outgoing request. */
import { comparableFieldName, FIELD_NAME, FIELD_VALUE, isReservedField } from '../http-fields.ts'
import { type Header, SigningError } from './request.ts'

/**
 * Returns the headers with the entries added, and without other headers of the same names. Some servers
 * read `X_Api_Key` as `X-Api-Key`, so both are the same name.
 *
 * @throws {SigningError} when a header has an invalid name or value, or an entry has a reserved name
 */
export function setHeaders(
  headers: readonly Header[],
  entries: readonly Header[],
): readonly Header[] {
  for (const { name } of entries) {
    if (isReservedField(name)) {
      throw new SigningError(
        'The HTTP client sets this header. Use another header for the credential.',
      )
    }
  }
  const all = [...dropHeaders(headers, entries), ...entries]
  for (const header of all) requireHeader(header)
  return all
}

/** Returns the headers without the named ones. Ignores case, and treats `_` as `-`. */
export function dropHeaders(
  headers: readonly Header[],
  named: readonly Pick<Header, 'name'>[],
): readonly Header[] {
  const names = new Set(named.map(({ name }) => comparableFieldName(name)))
  return headers.filter(({ name }) => !names.has(comparableFieldName(name)))
}

/**
 * Returns the values of all headers of this name, joined by commas, or `undefined`.
 *
 * @see RFC 9110 §5.3
 */
export function findHeader(headers: readonly Header[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  const found = headers.filter((header) => header.name.toLowerCase() === wanted)
  return found.length === 0 ? undefined : found.map(({ value }) => value.trim()).join(', ')
}

function requireHeader({ name, value }: Header): void {
  if (!FIELD_NAME.test(name)) throw new SigningError('A header has an invalid name.')
  if (!FIELD_VALUE.test(value)) throw new SigningError('A header has an invalid value.')
}
