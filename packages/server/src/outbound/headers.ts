import {
  comparableFieldName,
  FIELD_NAME,
  FIELD_VALUE,
  fieldsNamedByConnection,
  isHopByHopField,
  isReservedField,
} from '@keyporter/protocol'
import { OutboundError } from './outbound-error.ts'
import type { OutboundRequest } from './request.ts'

type Header = readonly [name: string, value: string]

const PLAIN_OPTION = /^(close|keep-alive)$/i
/** The headers that define the length of the body (RFC 9112 §6). */
const FRAMING = /^(content-length|transfer-encoding)$/i

/** The origin form of RFC 9112 §3.2.1, in ASCII and without a fragment. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/
/** CONNECT opens a tunnel; TRACE returns the request with its secrets. */
const FORBIDDEN_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * Returns the headers to send, as a flat list of alternating names and values.
 *
 * @throws {OutboundError} `malformed_request` when the method, the target or a header is not valid
 */
export function requestHeaders({ method, target, headers }: OutboundRequest): string[] {
  const isMethod = FIELD_NAME.test(method) && !FORBIDDEN_METHODS.has(method.toUpperCase())
  if (!isMethod || !TARGET.test(target)) throw new OutboundError('malformed_request')
  const sent: string[] = []
  for (const [name, value] of dropHopByHop(headers)) {
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value))
      throw new OutboundError('malformed_request')
    if (!isReservedField(name)) sent.push(name, value)
  }
  return sent
}

/**
 * Returns the headers of a response without hop-by-hop headers.
 *
 * @param raw alternating names and values
 * @throws {OutboundError} `malformed_response` when the length of the body is ambiguous (RFC 9112
 *   §6.3)
 */
export function responseHeaders(raw: unknown): readonly Header[] {
  if (!Array.isArray(raw)) throw new OutboundError('malformed_response')
  const headers: Header[] = []
  let framings = 0
  for (let index = 0; index < raw.length; index += 2) {
    const name = toText(raw[index])
    if (FRAMING.test(name)) framings += 1
    headers.push([name, toText(raw[index + 1])])
  }
  if (framings > 1) throw new OutboundError('malformed_response')
  return dropHopByHop(headers)
}

/** Removes hop-by-hop headers and the headers that Connection names (RFC 9110 §7.6.1). */
function dropHopByHop(headers: readonly Header[]): readonly Header[] {
  const named = namedByConnection(headers)
  return headers.filter(
    ([name]) => !isHopByHopField(name) && !(named.size > 0 && named.has(comparableFieldName(name))),
  )
}

/** Returns the header names that Connection lists. Skips `close` and `keep-alive`, which name no header. */
function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  const options = headers.filter(([name, value]) => isConnection(name) && !PLAIN_OPTION.test(value))
  return fieldsNamedByConnection(options.map(([, value]) => value))
}

function isConnection(name: string): boolean {
  return name.length === 'connection'.length && name.toLowerCase() === 'connection'
}

function toText(part: unknown): string {
  return Buffer.isBuffer(part) ? part.toString('latin1') : String(part)
}
