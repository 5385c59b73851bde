/** The headers of a request that is about to be signed in: checked, found and replaced. */
import { AttachError, type Header } from './request.ts'

// RFC 9110 §5.1, §5.5: no line breaks, nothing beyond Latin-1, no white space at the ends.
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^(?:[\x21-\x7E\x80-\xFF](?:[\t\x20-\x7E\x80-\xFF]*[\x21-\x7E\x80-\xFF])?)?$/

/** What says where a message ends and who it is for: the connection's, never a credential's. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The headers with these in place of every other of the same names. Some servers read `X_Api_Key` as
 * `X-Api-Key`, so both count as the same name.
 *
 * @throws {AttachError} when any header, old or new, has no form on the wire, or one of the new is framing
 */
export function setHeaders(
  headers: readonly Header[],
  entries: readonly Header[],
): readonly Header[] {
  for (const { name } of entries) {
    if (isFramingHeader(name)) {
      throw new AttachError('A header that frames the message cannot hold a credential.')
    }
  }
  const all = [...dropHeaders(headers, entries), ...entries]
  for (const header of all) requireHeader(header)
  return all
}

/** Whether a header of this name belongs to the connection, and can hold no credential. */
export function isFramingHeader(name: string): boolean {
  return FRAMING.has(comparable(name))
}

/** The headers without those of these names, spelled in any case, with `_` or with `-`. */
export function dropHeaders(
  headers: readonly Header[],
  named: readonly Pick<Header, 'name'>[],
): readonly Header[] {
  const names = new Set(named.map(({ name }) => comparable(name)))
  return headers.filter(({ name }) => !names.has(comparable(name)))
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
  if (!NAME.test(name)) throw new AttachError('A header has a name that cannot be sent.')
  if (!VALUE.test(value)) throw new AttachError('A header has a value that cannot be sent.')
}

function comparable(name: string): string {
  const lower = name.toLowerCase()
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower
}
