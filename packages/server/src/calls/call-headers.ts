import type { Header } from '@keyporter/protocol'
import type { ResolvedConnection } from '../connections/index.ts'

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
    const kept = layer.filter(({ name }) => !taken.has(comparableName(name)))
    for (const { name } of kept) taken.add(comparableName(name))
    composed.unshift(...kept)
  }
  return composed
}

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** What of a caller's headers goes on. */
function passing(headers: readonly Header[]): readonly Header[] {
  const dropped = namedByConnection(headers)
  return headers.filter(({ name }) => {
    const key = comparableName(name)
    return !isDropped(key) && !dropped.has(key)
  })
}

/**
 * What of a caller never goes on: what belongs to its connection with us (RFC 9110 §7.6.1), who it is, how we were
 * reached, and what leads some servers to another path than that of the address.
 */
const DROPPED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-client-ip',
  'x-original-host',
  'x-original-url',
  'x-real-ip',
  'x-rewrite-url',
])
const DROPPED_BEGINNINGS = ['keyporter-', 'proxy-', 'x-forwarded-']

function isDropped(key: string): boolean {
  return DROPPED.has(key) || DROPPED_BEGINNINGS.some((beginning) => key.startsWith(beginning))
}

const NONE: ReadonlySet<string> = new Set()

/** RFC 9110 §7.6.1: a header that `Connection` names ends here. */
function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  const values = headers.filter(({ name }) => name.toLowerCase() === 'connection')
  if (values.length === 0) return NONE
  return new Set(
    values.flatMap(({ value }) => value.split(',').map((part) => comparableName(part.trim()))),
  )
}

/** As some servers compare names: without regard to case, `_` like `-`. */
function comparableName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
