import type { Readable } from 'node:stream'
import type { Header } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { type Outbound, OutboundError, type OutboundResponse } from '../../outbound/outbound.ts'
import { upstreamFaults } from '../../outbound/upstream-faults.ts'
import type { ConnectionQuery } from '../connection-lookup/index.ts'
import { type CallDeps, recordLastUses } from './call-deps.ts'
import {
  type AuthenticatedConnection,
  authenticateConnection,
  type PreparedCall,
  prepareCall,
} from './prepare-call.ts'
import { readBody } from './read-body.ts'
import type { Redactor, StreamRedactor } from './redactor.ts'
import type { RedactorCache } from './redactor-cache.ts'
import { filterResponseHeaders, type HeaderLine } from './response-headers.ts'

/** The dependencies of proxied calls. */
export type ProxyDeps = CallDeps & {
  readonly outbound: Outbound
  readonly redactors: RedactorCache
}

/** A request to be proxied. */
export type ProxyRequest = Omit<ConnectionQuery, 'sameEnvironment'> & {
  readonly method: string
  /** Path and query below the base URL, as received. */
  readonly pathAndQuery: string
  readonly headers: readonly Header[]
  /** Null if the request has no body. */
  readonly body: Readable | null
  readonly contentLength: number | undefined
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** The response of the upstream, filtered and redacted for the caller. */
export type ProxyResponse = {
  readonly status: number
  readonly headers: readonly HeaderLine[]
  readonly body: ProxyResponseBody
}

/** A body that is complete and redacted, or a stream with the redactor to pipe it through. */
export type ProxyResponseBody =
  | { readonly kind: 'buffered'; readonly bytes: Buffer }
  | {
      readonly kind: 'stream'
      readonly stream: Readable
      readonly redactor: StreamRedactor | undefined
    }

/** Redaction needs uncompressed bodies. */
const IDENTITY: Header = { name: 'Accept-Encoding', value: 'identity' }

/**
 * Makes one call with the credentials of a connection, and returns the response as soon as its
 * headers are received. Bodies are streamed; only request bodies that the authentication type signs
 * are buffered. Secrets in the response are redacted. Redirects are returned, not followed.
 *
 * @throws {AppError} as `ConnectionLookup.requireConnection` and `authenticateConnection` do;
 *   `address_not_allowed`, `upstream_failed`, `upstream_timeout`
 */
export async function proxyCall(deps: ProxyDeps, request: ProxyRequest): Promise<ProxyResponse> {
  const connection = await deps.lookup.requireConnection({ ...request, sameEnvironment: true })
  const authenticated = await authenticateConnection(connection, deps.tokens)
  const { bodyRequirement } = authenticated
  const { body, contentLength } = request
  const bytes =
    body === null || bodyRequirement === 'nothing' ? undefined : await readBody(body, contentLength)
  const prepared = prepare(deps, authenticated, { request, bytes })
  recordLastUses(deps, connection)
  const response = await send(deps.outbound, prepared, { request, bytes })
  const redactor = deps.redactors.of(connection, prepared.secrets)
  return {
    status: response.status,
    headers: filterResponseHeaders(response.headers, redactor),
    body: redactBody(response, isCompressed(response) ? undefined : redactor),
  }
}

type ProxiedBody = { readonly request: ProxyRequest; readonly bytes: Uint8Array | undefined }

function prepare(
  deps: ProxyDeps,
  authenticated: AuthenticatedConnection,
  { request, bytes }: ProxiedBody,
): PreparedCall {
  const { method, pathAndQuery, headers, body } = request
  return prepareCall(
    authenticated,
    {
      method,
      pathAndQuery,
      headers,
      forcedHeaders: [IDENTITY],
      body:
        bytes === undefined
          ? { kind: body === null ? 'none' : 'stream' }
          : { kind: 'bytes', bytes },
    },
    deps.signingContext,
  )
}

async function send(
  outbound: Outbound,
  { origin, target, headers }: PreparedCall,
  { request, bytes }: ProxiedBody,
): Promise<OutboundResponse> {
  const { method, body, contentLength, signal } = request
  try {
    return await outbound.send({
      method,
      origin,
      target,
      headers: headers.map(({ name, value }) => [name, value] as const),
      body: bytes ?? body,
      contentLength,
      signal,
    })
  } catch (error) {
    throw toCallError(error)
  }
}

/** Returns an outbound error as an `AppError`; returns any other error unchanged. */
function toCallError(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error
  const { code, detail } = upstreamFaults[error.fault]
  return new AppError(code, { detail: detail('upstream'), cause: error })
}

function redactBody(response: OutboundResponse, redactor: Redactor | undefined): ProxyResponseBody {
  const { completeBody } = response
  if (completeBody === undefined) {
    return { kind: 'stream', stream: response.body, redactor: redactor?.createStreamRedactor() }
  }
  return {
    kind: 'buffered',
    bytes: redactor === undefined ? completeBody : redactor.redactBytes(completeBody),
  }
}

/** Compressed bodies pass through unchanged: a secret is not recognizable in them. */
function isCompressed({ headers }: OutboundResponse): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-encoding' && value !== 'identity',
  )
}
