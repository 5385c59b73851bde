/** The signed headers of SigV4. */
import { type Header, SigningError } from './request.ts'

/** The signed headers as `name:value` lines, and their names joined by semicolons. */
export type CanonicalHeaders = { readonly lines: string; readonly names: string }

/** Headers that the signature or the HTTP client sets. Values from the caller are dropped. */
const OVERWRITTEN: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'host',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
])

/** Headers that proxies and load balancers change. They are sent, but not signed. */
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

// RFC 9110 §5.5: Latin-1 without line breaks.
const VALUE = /^[\t\x20-\x7E\x80-\xFF]*$/
const NEEDS_TRIMMING = /^ | $|\t| {2}/

/** Separates the headers to send from the payload hash that the caller stated. */
export function readHeaders(headers: readonly Header[]): {
  readonly passing: readonly Header[]
  readonly statedPayload: string | undefined
} {
  const passing: Header[] = []
  let statedPayload: string | undefined
  for (const header of headers) {
    const name = header.name.toLowerCase()
    if (!OVERWRITTEN.has(name)) passing.push(header)
    if (name === 'x-amz-content-sha256') statedPayload = header.value
  }
  return { passing, statedPayload }
}

/**
 * Returns the canonical headers, including Host from the origin: lowercase names in order, values of one
 * name joined by commas, white space collapsed.
 *
 * @throws {SigningError} when a value is invalid
 */
export function canonicalHeaders(headers: readonly Header[], origin: string): CanonicalHeaders {
  const signed = [{ name: 'host', value: origin.slice(origin.indexOf('://') + 3) }]
  for (const header of headers) {
    const name = header.name.toLowerCase()
    if (!isUnsigned(name)) signed.push({ name, value: canonicalValue(header.value) })
  }
  // Headers of the same name keep the order in which they are sent, because sorting is stable.
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
  if (!VALUE.test(value)) throw new SigningError('A header has an invalid value.')
  return NEEDS_TRIMMING.test(value)
    ? value.replaceAll(/[\t ]+/g, ' ').replaceAll(/^ | $/g, '')
    : value
}
