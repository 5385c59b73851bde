import {
  comparableFieldName,
  FIELD_NAME,
  FIELD_VALUE,
  fieldsNamedByConnection,
  isHopByHopField,
  isReservedField,
} from '@keyporter/protocol'
import { OutboundError } from './faults.ts'
import type { OutboundRequest } from './request.ts'

type Header = readonly [name: string, value: string]

const PLAIN = /^(close|keep-alive)$/i
const FRAMING = /^(content-length|transfer-encoding)$/i

/** RFC 9112 §3.2.1, in ASCII; `#` never stands in it. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/
/** CONNECT asks for a tunnel; TRACE has the secret sent back. */
const METHODS_REFUSED = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * The headers that go on the wire: flat, names and values by turns.
 *
 * @throws {OutboundError} `malformed_request` when a part of the request could be taken for something else
 */
export function requestHeaders({ method, target, headers }: OutboundRequest): string[] {
  const isMethod = FIELD_NAME.test(method) && !METHODS_REFUSED.has(method.toUpperCase())
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
 * The headers of an answer without those of the connection.
 *
 * @param raw names and values by turns
 * @throws {OutboundError} `malformed_answer` when it is not plain where the answer ends (RFC 9112 §6.3)
 */
export function responseHeaders(raw: unknown): readonly Header[] {
  if (!Array.isArray(raw)) throw new OutboundError('malformed_answer')
  const headers: Header[] = []
  let framings = 0
  for (let index = 0; index < raw.length; index += 2) {
    const name = toText(raw[index])
    if (FRAMING.test(name)) framings += 1
    headers.push([name, toText(raw[index + 1])])
  }
  if (framings > 1) throw new OutboundError('malformed_answer')
  return dropHopByHop(headers)
}

/** The headers without those of one connection alone: RFC 9110 §7.6.1, those that Connection names among them. */
function dropHopByHop(headers: readonly Header[]): readonly Header[] {
  const named = namedByConnection(headers)
  return headers.filter(
    ([name]) => !isHopByHopField(name) && !(named.size > 0 && named.has(comparableFieldName(name))),
  )
}

/** Empty where it names nothing but what goes in any case. */
function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  const options = headers.filter(([name, value]) => isConnection(name) && !PLAIN.test(value))
  return fieldsNamedByConnection(options.map(([, value]) => value))
}

function isConnection(name: string): boolean {
  return name.length === 'connection'.length && name.toLowerCase() === 'connection'
}

function toText(part: unknown): string {
  return Buffer.isBuffer(part) ? part.toString('latin1') : String(part)
}
