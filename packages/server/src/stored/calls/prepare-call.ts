import {
  type Auth,
  authenticateRequest,
  type BodyRequirement,
  bodyRequirement,
  type Explanation,
  type Header,
  type OutgoingBody,
  SigningError,
} from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { type ResolvedConnection } from '../connection-lookup/index.ts'
import { isTokenAuth, type UpstreamTokens } from '../upstream-tokens/index.ts'
import { composeHeaders } from './request-headers.ts'
import type { SigningContextSource } from './signing-context.ts'
import { composeTarget } from './target.ts'

/** A connection that is ready to sign in: a token is there, where its kind needs one. */
export type SignedIn = {
  readonly connection: ResolvedConnection
  readonly auth: Auth
  /** What of a request's body must be known before it can be sent. */
  readonly bodyRequirement: BodyRequirement
}

/** A request as the caller wants it. */
export type CallRequest = {
  readonly method: string
  /** Path and query below the base URL, as they stand on the wire. */
  readonly asked: string
  readonly headers: readonly Header[]
  /** Above those of everybody but what signs in. */
  readonly ours?: readonly Header[]
  readonly body: OutgoingBody
  /** Another way to attach than the usual one of the kind. */
  readonly attachAs?: Attach
}

/** What puts into a request what signs it in. */
export type Attach = typeof authenticateRequest

/** A request as it is sent. */
export type PreparedCall = {
  readonly origin: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly Header[]
  /** What must not come back to the caller. */
  readonly secrets: readonly string[]
  readonly explanation: Explanation | undefined
}

/**
 * Signs a connection in: fetches its token, where its kind has one and memory has not.
 *
 * @throws {AppError} as `UpstreamTokens.tokenFor` does
 */
export function signIn(
  connection: ResolvedConnection,
  tokens: Pick<UpstreamTokens, 'tokenFor'>,
): SignedIn | Promise<SignedIn> {
  const { auth } = connection
  if (!isTokenAuth(auth)) return signedIn(connection, auth)
  return tokens
    .tokenFor(connection)
    .then((token) => signedIn(connection, { kind: 'bearer', ...token }))
}

function signedIn(connection: ResolvedConnection, auth: Auth): SignedIn {
  return { connection, auth, bodyRequirement: bodyRequirement(auth, connection) }
}

/**
 * Puts a request together: the address below the base URL, the headers by their order, and on top what signs it in.
 *
 * @throws {AppError} `invalid_request`
 */
export function prepareCall(
  { connection, auth }: SignedIn,
  { method, asked, headers, ours = [], body, attachAs = authenticateRequest }: CallRequest,
  tools: SigningContextSource,
): PreparedCall {
  const { origin } = connection
  const target = composeTarget(connection, asked)
  if (target === undefined) {
    throw new AppError('invalid_request', {
      detail: 'The path leads out of the base URL, or cannot be sent as it stands.',
    })
  }
  const hasBody = body.kind !== 'none'
  const request = {
    method,
    origin,
    ...target,
    headers: composeHeaders(connection, { method, hasBody, headers, ours }),
    body,
  }
  const { path, query, ...attached } = attachOrRefuse(() => attachAs(auth, request, tools()))
  return {
    origin,
    target: query === '' ? path : `${path}?${query}`,
    headers: attached.headers,
    secrets: [...connection.secretHeaderValues, ...attached.secrets],
    explanation: attached.explanation,
  }
}

/** What cannot be attached is said: the text names no value. */
function attachOrRefuse<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof SigningError)
      throw new AppError('invalid_request', { detail: cause.message, cause })
    throw cause
  }
}
