import {
  comparableFieldName,
  fieldsNamedByConnection,
  type Header,
  isReservedField,
} from '@keyporter/protocol'
import type { ResolvedConnection } from '../connection-lookup/index.ts'

/** The parts of a request that determine its headers. */
export type HeaderSources = {
  readonly method: string
  readonly hasBody: boolean
  /** The headers of the caller, in the order received. */
  readonly headers: readonly Header[]
  /** These override all other headers. */
  readonly forcedHeaders: readonly Header[]
}

/**
 * Returns the headers of a call without its authentication. Precedence: forced headers, connection,
 * caller, integration. The content type of the integration is the default for requests with a body
 * and for methods that usually have one.
 */
export function composeHeaders(
  { integrationHeaders, connectionHeaders, contentType }: ResolvedConnection,
  { method, hasBody, headers, forcedHeaders }: HeaderSources,
): readonly Header[] {
  const fallback =
    hasBody || METHODS_WITH_BODY.has(method) ? [{ name: 'Content-Type', value: contentType }] : []
  const byPrecedence = [
    forcedHeaders,
    connectionHeaders,
    forwardable(headers),
    integrationHeaders,
    fallback,
  ]
  const seen = new Set<string>()
  const composed: Header[] = []
  for (const layer of byPrecedence) {
    const kept = layer.filter(({ name }) => !seen.has(comparableFieldName(name)))
    for (const { name } of kept) seen.add(comparableFieldName(name))
    composed.unshift(...kept)
  }
  return composed
}

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Returns the headers of the caller that are forwarded. */
function forwardable(headers: readonly Header[]): readonly Header[] {
  const connection = headers.filter(({ name }) => name.toLowerCase() === 'connection')
  const named = fieldsNamedByConnection(connection.map(({ value }) => value))
  return headers.filter(({ name }) => {
    const key = comparableFieldName(name)
    return !isReservedField(name) && !isDropped(key) && !named.has(key)
  })
}

/**
 * Headers of the caller that are never forwarded, besides hop-by-hop headers: its credentials, its
 * network path, and headers that make some servers rewrite the path.
 */
const DROPPED: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'forwarded',
  'via',
  'x-client-ip',
  'x-original-host',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
])
const DROPPED_PREFIXES = ['keyporter-', 'x-forwarded-']

function isDropped(key: string): boolean {
  return DROPPED.has(key) || DROPPED_PREFIXES.some((prefix) => key.startsWith(prefix))
}
