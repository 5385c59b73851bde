/** Reads the parts of a recipe from a request. */
import { encodeBase64, encodeHex } from '../bytes.ts'
import { formatInstant } from '../instant.ts'
import { findHeader } from './header-lines.ts'
import type { HmacPart, HmacRecipe } from './hmac-recipe.ts'
import { requireBodyBytes, requireBodySha256 } from './outgoing-body.ts'
import { type Header, type OutgoingRequest, type SigningContext, SigningError } from './request.ts'

type Timestamp = NonNullable<HmacRecipe['timestamp']>

/** The inputs of a recipe. Functions compute their value on first use and cache it. */
export type RecipeInputs = {
  readonly request: OutgoingRequest
  /** Headers of the request and the recipe, without headers that contain the signature. */
  readonly headers: readonly Header[]
  readonly clientId: string
  readonly timestamp: () => string
  readonly nonce: () => string
  /** In the encoding of the recipe part `body_sha256`, else in hexadecimal. */
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
  host: ({ port }, { request }) => formatHost(request.origin, port),
  path: ({ form }, { request }) => (form === 'decoded' ? decodePath(request.path) : request.path),
  query: (part, { request }) => formatQuery(request.query, part),
  header: (part, inputs) => {
    const value = headerValue(part.name, inputs)
    return part.case === 'lower' ? value.toLowerCase() : value
  },
  timestamp: (_part, { timestamp }) => timestamp(),
  nonce: (_part, { nonce }) => nonce(),
  client_id: (_part, { clientId }) => clientId,
  body: (_part, { request }) => requireBodyBytes(request.body),
  body_sha256: (part, { digest }) => formatDigest(part.encoding, digest()),
}

/** Creates the recipe inputs of one request. */
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
    bodySha256: () => formatDigest(part?.encoding, digest()),
    digest,
  }
}

/**
 * Returns the signed form of one part.
 *
 * @throws {SigningError} when the request does not contain the part
 */
export function recipePart(part: HmacPart, inputs: RecipeInputs): string | Uint8Array {
  // Safe because each table entry accepts the part of its own kind.
  const write = PARTS[part.part] as (part: HmacPart, inputs: RecipeInputs) => string | Uint8Array
  return write(part, inputs)
}

/** Returns the host like the Host header, unless the part sets `port`. */
function formatHost(
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
    throw new SigningError('The decoded path is not valid UTF-8.')
  }
}

/** Sorts the encoded pairs by name, then by value. */
function formatQuery(query: string, part: Extract<HmacPart, { part: 'query' }>): string {
  const text = part.form === 'sorted' ? sortQuery(query) : query
  return part.mark === true && text !== '' ? `?${text}` : text
}

function sortQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '')
  // An encoded query is ASCII, so UTF-16 order equals byte order.
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

/** The headers do not include Host and Content-Length, so both are derived. Absent headers are empty. */
function headerValue(name: string, { request, headers }: RecipeInputs): string {
  const wanted = name.toLowerCase()
  if (wanted === 'host') return formatHost(request.origin)
  if (wanted === 'content-length') return String(requireBodyBytes(request.body).length)
  return findHeader(headers, name) ?? ''
}

function formatDigest(encoding: 'hex' | 'base64' | undefined, digest: Uint8Array): string {
  return encoding === 'base64' ? encodeBase64(digest) : encodeHex(digest)
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined
  return () => {
    found ??= { value: find() }
    return found.value
  }
}
