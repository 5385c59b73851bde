import type { Readable } from 'node:stream'
import type { Header } from '@keyporter/protocol'
import type { Outbound, OutboundResponse } from '../../outbound/outbound.ts'
import { andThen } from '../../platform/and-then.ts'
import { type CallDeps, noteUses } from './call-deps.ts'
import { toCallError } from './call-fault.ts'
import { findConnection, type Wanted } from './find-connection.ts'
import { type PreparedCall, prepareCall, type SignedIn, signIn } from './prepare-call.ts'
import { readBody } from './read-body.ts'
import type { BodyMask, Masker } from './redactor.ts'
import type { MaskerMemory } from './redactor-cache.ts'
import { type HeaderLine, passHeaders } from './response-headers.ts'

/** The dependencies of proxied calls. */
export type ProxyDeps = CallDeps & {
  readonly outbound: Outbound
  readonly maskers: MaskerMemory
}

/** A request to be proxied. */
export type ProxyRequest = Omit<Wanted, 'sameEnvironment'> & {
  readonly method: string
  /** Path and query below the base URL, as received. */
  readonly asked: string
  readonly headers: readonly Header[]
  /** Null if the request has no body. */
  readonly body: Readable | null
  readonly contentLength: number | undefined
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** The response of the upstream, filtered and redacted for the caller. */
export type ProxyAnswer = {
  readonly status: number
  readonly headers: readonly HeaderLine[]
  readonly body: ProxyAnswerBody
}

/** A body that is complete and redacted, or a stream with the redactor to pipe it through. */
export type ProxyAnswerBody =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'flowing'; readonly stream: Readable; readonly mask: BodyMask | undefined }

/** Redaction needs uncompressed bodies. */
const IDENTITY: Header = { name: 'Accept-Encoding', value: 'identity' }

/**
 * Makes one call with the credentials of a connection, and returns the response as soon as its
 * headers are received. Bodies are streamed; only request bodies that the authentication type signs
 * are buffered. Secrets in the response are redacted. Redirects are returned, not followed.
 *
 * @throws {AppError} as `findConnection` and `authenticateConnection` do; `address_not_allowed`,
 *   `upstream_failed`, `upstream_timeout`
 */
export async function proxyCall(deps: ProxyDeps, request: ProxyRequest): Promise<ProxyAnswer> {
  const ready = andThen(
    findConnection(deps.lookup, { ...request, sameEnvironment: true }),
    (connection) => signIn(connection, deps.tokens),
  )
  const signedIn = ready instanceof Promise ? await ready : ready
  const { connection, bodyRequirement } = signedIn
  const { body, contentLength } = request
  const bytes =
    body === null || bodyRequirement === 'nothing' ? undefined : await readBody(body, contentLength)
  const prepared = prepare(deps, signedIn, { request, bytes })
  noteUses(deps, connection)
  const answer = await send(deps.outbound, prepared, { request, bytes })
  const masker = deps.maskers.of(connection, prepared.secrets)
  return {
    status: answer.status,
    headers: passHeaders(answer.headers, masker),
    body: passBody(answer, isEncoded(answer) ? undefined : masker),
  }
}

type Sent = { readonly request: ProxyRequest; readonly bytes: Uint8Array | undefined }

function prepare(deps: ProxyDeps, signedIn: SignedIn, { request, bytes }: Sent): PreparedCall {
  const { method, asked, headers, body } = request
  return prepareCall(
    signedIn,
    {
      method,
      asked,
      headers,
      ours: [IDENTITY],
      body:
        bytes === undefined
          ? { kind: body === null ? 'none' : 'stream' }
          : { kind: 'bytes', bytes },
    },
    deps.tools,
  )
}

async function send(
  outbound: Outbound,
  { origin, target, headers }: PreparedCall,
  { request, bytes }: Sent,
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

function passBody(answer: OutboundResponse, masker: Masker | undefined): ProxyAnswerBody {
  const { completeBody: whole } = answer
  if (whole === undefined) {
    return { kind: 'flowing', stream: answer.body, mask: masker?.maskBody() }
  }
  return { kind: 'whole', bytes: masker === undefined ? whole : masker.maskBytes(whole) }
}

/** Compressed bodies pass through unchanged: a secret is not recognizable in them. */
function isEncoded({ headers }: OutboundResponse): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-encoding' && value !== 'identity',
  )
}
