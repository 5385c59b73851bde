import {
  comparableFieldName,
  fieldsNamedByConnection,
  type Header,
  isReservedField,
} from '@keyporter/protocol'
import type { ResolvedConnection } from '../connection-lookup/index.ts'

/** What a caller's headers are composed for. */
export type ComposedFor = {
  readonly method: string
  readonly hasBody: boolean
  /** Of the caller, in the order in which they came. */
  readonly headers: readonly Header[]
  /** Above all of them. */
  readonly ours: readonly Header[]
}

/**
 * The headers of a call without what signs it in: those of the integration, those of the single call above them,
 * those of the connection above both. The content type of the integration stands where a request has a body or its
 * method is one that usually does, unless anyone names another.
 */
export function composeHeaders(
  { integrationHeaders, connectionHeaders, contentType }: ResolvedConnection,
  { method, hasBody, headers, ours }: ComposedFor,
): readonly Header[] {
  const fallback =
    hasBody || METHODS_WITH_BODY.has(method) ? [{ name: 'Content-Type', value: contentType }] : []
  const fromTop = [ours, connectionHeaders, passing(headers), integrationHeaders, fallback]
  const taken = new Set<string>()
  const composed: Header[] = []
  for (const layer of fromTop) {
    const kept = layer.filter(({ name }) => !taken.has(comparableFieldName(name)))
    for (const { name } of kept) taken.add(comparableFieldName(name))
    composed.unshift(...kept)
  }
  return composed
}

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** What of a caller's headers goes on. */
function passing(headers: readonly Header[]): readonly Header[] {
  const connection = headers.filter(({ name }) => name.toLowerCase() === 'connection')
  const named = fieldsNamedByConnection(connection.map(({ value }) => value))
  return headers.filter(({ name }) => {
    const key = comparableFieldName(name)
    return !isReservedField(name) && !isDropped(key) && !named.has(key)
  })
}

/**
 * The headers of a caller that never go on, beside those of its connection with us: who it is, how we were reached, and
 * those that lead some servers to another path than that of the address.
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
const DROPPED_BEGINNINGS = ['keyporter-', 'x-forwarded-']

function isDropped(key: string): boolean {
  return DROPPED.has(key) || DROPPED_BEGINNINGS.some((beginning) => key.startsWith(beginning))
}
