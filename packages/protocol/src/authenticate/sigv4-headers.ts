/** The headers of a request as SigV4 signs them. */
import { type Header, SigningError } from './request.ts'

/** The signed headers: `name:value` and a line feed for each, and their names between semicolons. */
export type CanonicalHeaders = { readonly lines: string; readonly names: string }

/** What the signature says itself, or what follows from the rest: of these, nothing passes. */
const OWN: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'host',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
])

/** What is rewritten on the way, by proxies and the front ends of the services themselves. */
const UNSIGNED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'cache-control',
  'connection',
  'expect',
  'forwarded',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
  'x-amzn-trace-id',
])
const UNSIGNED_PREFIX = /^(?:proxy-|sec-|x-forwarded-)/

// RFC 9110 §5.5: no line breaks, nothing beyond Latin-1.
const VALUE = /^[\t\x20-\x7E\x80-\xFF]*$/
const UNTIDY = /^ | $|\t| {2}/

/** Takes apart what came along: what passes, and what was said of the body. */
export function readHeaders(headers: readonly Header[]): {
  readonly passing: readonly Header[]
  readonly statedPayload: string | undefined
} {
  const passing: Header[] = []
  let statedPayload: string | undefined
  for (const header of headers) {
    const name = header.name.toLowerCase()
    if (!OWN.has(name)) passing.push(header)
    if (name === 'x-amz-content-sha256') statedPayload = header.value
  }
  return { passing, statedPayload }
}

/**
 * The canonical form of the headers and of the Host that follows from the origin: lower case, sorted, of
 * several of one name the values joined by commas, white space between words one space.
 *
 * @throws {SigningError} when a value cannot be sent
 */
export function canonicalHeaders(headers: readonly Header[], origin: string): CanonicalHeaders {
  const signed = [{ name: 'host', value: origin.slice(origin.indexOf('://') + 3) }]
  for (const header of headers) {
    const name = header.name.toLowerCase()
    if (!isUnsigned(name)) signed.push({ name, value: canonicalValue(header.value) })
  }
  // The order among equal names is the order on the wire: sorting is stable.
  signed.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
  return joinHeaders(signed)
}

function joinHeaders(sorted: readonly Header[]): CanonicalHeaders {
  let lines = ''
  let names = ''
  let previous: string | undefined
  for (const { name, value } of sorted) {
    if (name === previous) {
      lines += `,${value}`
      continue
    }
    lines += previous === undefined ? `${name}:${value}` : `\n${name}:${value}`
    names += previous === undefined ? name : `;${name}`
    previous = name
  }
  return { lines: `${lines}\n`, names }
}

function isUnsigned(name: string): boolean {
  return UNSIGNED.has(name) || UNSIGNED_PREFIX.test(name)
}

function canonicalValue(value: string): string {
  if (!VALUE.test(value)) throw new SigningError('A header has a value that cannot be sent.')
  return UNTIDY.test(value) ? value.replaceAll(/[\t ]+/g, ' ').replaceAll(/^ | $/g, '') : value
}
