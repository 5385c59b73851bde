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

/**
 * A connection that can authenticate a request: it includes the upstream token if its
 * authentication type requires one.
 */
export type AuthenticatedConnection = {
  readonly connection: ResolvedConnection
  readonly auth: Auth
  /** The part of the request body that must be known before the headers can be sent. */
  readonly bodyRequirement: BodyRequirement
}

/** The request of the caller. */
export type CallRequest = {
  readonly method: string
  /** Path and query below the base URL, percent-encoded. */
  readonly pathAndQuery: string
  readonly headers: readonly Header[]
  /** These override all other headers except the authentication headers. */
  readonly forcedHeaders?: readonly Header[]
  readonly body: OutgoingBody
  /** Overrides the function that authenticates the request. */
  readonly authenticate?: AuthenticateRequest
}

/** A function that adds the authentication to a request. */
export type AuthenticateRequest = typeof authenticateRequest

/** The request to be sent to the upstream. */
export type PreparedCall = {
  readonly origin: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly Header[]
  /** The texts to redact from the response. */
  readonly secrets: readonly string[]
  readonly explanation: Explanation | undefined
}

/**
 * Returns the connection with its upstream token if its authentication type requires one. The token
 * is fetched if it is not cached.
 *
 * @throws {AppError} as `UpstreamTokens.tokenFor` does
 */
export async function authenticateConnection(
  connection: ResolvedConnection,
  tokens: Pick<UpstreamTokens, 'tokenFor'>,
): Promise<AuthenticatedConnection> {
  const auth: Auth = isTokenAuth(connection.auth)
    ? { kind: 'bearer', ...(await tokens.tokenFor(connection)) }
    : connection.auth
  return { connection, auth, bodyRequirement: bodyRequirement(auth, connection) }
}

/**
 * Builds the request: the target below the base URL, the merged headers, and the authentication on
 * top.
 *
 * @throws {AppError} `invalid_request`
 */
export function prepareCall(
  { connection, auth }: AuthenticatedConnection,
  {
    method,
    pathAndQuery,
    headers,
    forcedHeaders = [],
    body,
    authenticate = authenticateRequest,
  }: CallRequest,
  signingContext: SigningContextSource,
): PreparedCall {
  const { origin } = connection
  const target = composeTarget(connection, pathAndQuery)
  if (target === undefined) {
    throw new AppError('invalid_request', {
      detail: 'The path leaves the base URL or contains characters that must be percent-encoded.',
    })
  }
  const hasBody = body.kind !== 'none'
  const request = {
    method,
    origin,
    ...target,
    headers: composeHeaders(connection, { method, hasBody, headers, forcedHeaders }),
    body,
  }
  const { path, query, ...signed } = authenticateOrThrow(() =>
    authenticate(auth, request, signingContext()),
  )
  return {
    origin,
    target: query === '' ? path : `${path}?${query}`,
    headers: signed.headers,
    secrets: [...connection.secretHeaderValues, ...signed.secrets],
    explanation: signed.explanation,
  }
}

/** A `SigningError` contains no secret, so its message is safe to return. */
function authenticateOrThrow<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof SigningError)
      throw new AppError('invalid_request', { detail: cause.message, cause })
    throw cause
  }
}
