/** The parts that a recipe can sign, read from a request. */
import { encodeBase64, encodeHex } from '../bytes.ts'
import { formatInstant } from '../instant.ts'
import { findHeader } from './header-lines.ts'
import type { HmacPart, HmacRecipe } from './hmac-recipe.ts'
import { requireBodyBytes, requireBodySha256 } from './outgoing-body.ts'
import { type Header, type OutgoingRequest, type SigningContext, SigningError } from './request.ts'

type Timestamp = NonNullable<HmacRecipe['timestamp']>

/** What the parts and the placeholders of a recipe stand for; each is found once, when it is asked for. */
export type RecipeInputs = {
  readonly request: OutgoingRequest
  /** Of the request and of the recipe, but for those that hold the signature. */
  readonly headers: readonly Header[]
  readonly clientId: string
  readonly timestamp: () => string
  readonly nonce: () => string
  /** In the spelling of the recipe's part, and in hexadecimal where it has none. */
  readonly bodySha256: () => string
  readonly digest: () => Uint8Array
}

const TIMESTAMPS: Record<Timestamp, (ms: number) => string> = {
  seconds: (ms) => String(Math.floor(ms / 1000)),
  milliseconds: String,
  iso8601: formatInstant,
  // RFC 9110 §5.6.7.
  http_date: (ms) => new Date(ms).toUTCString(),
}

const PARTS: {
  [P in HmacPart['part']]: (
    part: Extract<HmacPart, { part: P }>,
    inputs: RecipeInputs,
  ) => string | Uint8Array
} = {
  literal: ({ text }) => text,
  method: (part, { request }) =>
    part.case === 'lower' ? request.method.toLowerCase() : request.method.toUpperCase(),
  host: ({ port }, { request }) => writeHost(request.origin, port),
  path: ({ form }, { request }) => (form === 'decoded' ? decodePath(request.path) : request.path),
  query: (part, { request }) => writeQuery(request.query, part),
  header: (part, inputs) => {
    const value = headerValue(part.name, inputs)
    return part.case === 'lower' ? value.toLowerCase() : value
  },
  timestamp: (_part, { timestamp }) => timestamp(),
  nonce: (_part, { nonce }) => nonce(),
  client_id: (_part, { clientId }) => clientId,
  body: (_part, { request }) => requireBodyBytes(request.body),
  body_sha256: (part, { digest }) => writeDigest(part.encoding, digest()),
}

/** The inputs of one request. */
export function createRecipeInputs(
  { recipe, clientId }: { readonly recipe: HmacRecipe; readonly clientId: string },
  request: OutgoingRequest,
  context: SigningContext,
): RecipeInputs {
  const digest = once(() => requireBodySha256(request.body, context))
  const part = recipe.parts.find((each) => each.part === 'body_sha256')
  return {
    request,
    headers: request.headers,
    clientId,
    timestamp: once(() => TIMESTAMPS[recipe.timestamp ?? 'seconds'](context.nowMs)),
    nonce: once(context.nonce),
    bodySha256: () => writeDigest(part?.encoding, digest()),
    digest,
  }
}

/**
 * One part, as it is signed.
 *
 * @throws {SigningError} when the request has not what it takes
 */
export function recipePart(part: HmacPart, inputs: RecipeInputs): string | Uint8Array {
  // Safe because the table gives every part the function of its own kind.
  const write = PARTS[part.part] as (part: HmacPart, inputs: RecipeInputs) => string | Uint8Array
  return write(part, inputs)
}

/** As the Host header has it, unless the part says otherwise. */
function writeHost(
  origin: string,
  port: 'always' | 'never' | 'unless_default' = 'unless_default',
): string {
  const { protocol, host, hostname, port: own } = new URL(origin)
  if (port === 'never') return hostname
  if (port === 'unless_default' || own !== '') return host
  return `${host}:${protocol === 'http:' ? 80 : 443}`
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new SigningError('The path is not UTF-8 once it is decoded.')
  }
}

/** Sorted are the pairs as they stand, by their UTF-8 bytes, equal names by their values. */
function writeQuery(query: string, part: Extract<HmacPart, { part: 'query' }>): string {
  const text = part.form === 'sorted' ? sortQuery(query) : query
  return part.mark === true && text !== '' ? `?${text}` : text
}

function sortQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '')
  // A query on the wire is ASCII: its UTF-16 order is that of its bytes.
  const ordered = pairs.map((pair) => {
    const [name = ''] = pair.split('=', 1)
    return { pair, name }
  })
  ordered.sort((a, b) => compare(a.name, b.name) || compare(a.pair, b.pair))
  return ordered.map(({ pair }) => pair).join('&')
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Host and Content-Length are not among the headers: they follow from the rest. An absent one is empty. */
function headerValue(name: string, { request, headers }: RecipeInputs): string {
  const wanted = name.toLowerCase()
  if (wanted === 'host') return writeHost(request.origin)
  if (wanted === 'content-length') return String(requireBodyBytes(request.body).length)
  return findHeader(headers, name) ?? ''
}

function writeDigest(encoding: 'hex' | 'base64' | undefined, digest: Uint8Array): string {
  return encoding === 'base64' ? encodeBase64(digest) : encodeHex(digest)
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined
  return () => {
    found ??= { value: find() }
    return found.value
  }
}
