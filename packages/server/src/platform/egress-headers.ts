import { EgressError } from './egress-faults.ts'
import type { EgressRequest } from './egress-request.ts'

type Header = readonly [name: string, value: string]

/** What concerns one connection alone (RFC 9110 §7.6.1), and what the HTTP client writes by itself. */
const OWN = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const OWN_OF_REQUESTS = new Set([...OWN, 'host', 'content-length', 'expect', 'http2-settings'])

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** RFC 9110 §5.5; one byte a character, so that none is cut to a line break. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** RFC 9112 §3.2.1, in ASCII; `#` never stands in it. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/
/** CONNECT asks for a tunnel; TRACE has the secret sent back. */
const METHODS_REFUSED = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * The headers that go on the wire: flat, names and values by turns.
 *
 * @throws {EgressError} `malformed_request` when a part of the request could be taken for something else
 */
export function requestHeaders({ method, target, headers }: EgressRequest): string[] {
  const isMethod = TOKEN.test(method) && !METHODS_REFUSED.has(method.toUpperCase())
  if (!isMethod || !TARGET.test(target)) throw new EgressError('malformed_request')
  const named = namedByConnection(headers)
  const sent: string[] = []
  for (const [name, value] of headers) {
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new EgressError('malformed_request')
    const key = name.toLowerCase()
    if (!OWN_OF_REQUESTS.has(key) && named?.has(key) !== true) sent.push(name, value)
  }
  return sent
}

/**
 * The headers of an answer without those of the connection.
 *
 * @param raw names and values by turns
 * @throws {EgressError} `malformed_answer` when it is not plain where the answer ends (RFC 9112 §6.3)
 */
export function answerHeaders(raw: readonly (Buffer | string)[]): Header[] {
  const headers: Header[] = []
  for (let index = 0; index < raw.length; index += 2) {
    headers.push([toText(raw[index]), toText(raw[index + 1])])
  }
  const named = namedByConnection(headers)
  const lengths = headers.filter(([name]) => isFraming(name.toLowerCase()))
  if (lengths.length > 1) throw new EgressError('malformed_answer')
  return headers.filter(([name]) => {
    const key = name.toLowerCase()
    return !OWN.has(key) && named?.has(key) !== true
  })
}

function isFraming(key: string): boolean {
  return key === 'content-length' || key === 'transfer-encoding'
}

/** RFC 9110 §7.6.1: the headers that Connection names go no further. */
function namedByConnection(headers: readonly Header[]): ReadonlySet<string> | undefined {
  const options = headers.filter(([name]) => name.toLowerCase() === 'connection')
  if (options.length === 0) return undefined
  const names = options.flatMap(([, value]) => value.toLowerCase().split(','))
  return new Set(names.map((name) => name.trim()))
}

function toText(part: Buffer | string | undefined): string {
  return typeof part === 'string' ? part : (part?.toString('latin1') ?? '')
}
