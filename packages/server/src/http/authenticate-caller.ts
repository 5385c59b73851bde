import type { FastifyRequest } from 'fastify'
import { type AuthResult, type Demand, decideUse } from '../issued/credentials/index.ts'
import { type Authenticator, toActor } from '../issued/tokens/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Principal } from '../kernel/context.ts'
import type { Clock } from '../platform/clock.ts'

/** Dependencies of {@link createAuthenticateCaller}. */
export type AuthenticateCallerDeps = {
  readonly authenticator: Pick<Authenticator, 'authenticateHeader'>
  readonly clock: Clock
  /** Returns the member of a session cookie; undefined without a valid session. */
  readonly authenticateSession: (cookieHeader: string) => Promise<Principal | undefined>
}

/** Authenticates a request. Synchronous when the `Authorization` header is cached. */
export type AuthenticateCaller = (request: FastifyRequest) => Principal | Promise<Principal>

/**
 * Creates the authentication of the management API. Accepted are an access token for the built-in API, a
 * credential of the built-in API (Basic or Bearer), and a session cookie. A cookie is ignored when the
 * request has an `Authorization` header.
 *
 * @throws {AppError} `unauthenticated`, `invalid_token`, `rate_limited`
 */
export function createAuthenticateCaller(deps: AuthenticateCallerDeps): AuthenticateCaller {
  return (request) => {
    const { authorization } = request.headers
    if (authorization === undefined) return authenticateSession(deps, request)
    const source = { ip: request.ip, requestId: request.id }
    const result = deps.authenticator.authenticateHeader(authorization, source)
    return result instanceof Promise
      ? result.then((late) => toPrincipal(deps, late))
      : toPrincipal(deps, result)
  }
}

async function authenticateSession(
  deps: AuthenticateCallerDeps,
  request: FastifyRequest,
): Promise<Principal> {
  const { cookie } = request.headers
  const principal = cookie === undefined ? undefined : await deps.authenticateSession(cookie)
  if (principal === undefined) {
    throw new AppError('unauthenticated', {
      detail: 'The request is not authenticated. Send a credential or an access token, or sign in.',
    })
  }
  return principal
}

// RFC 9068 §4: the audience of a token must be this resource server. The same applies to a secret.
const BUILT_IN: Demand = { builtIn: true }

function toPrincipal({ clock }: AuthenticateCallerDeps, result: AuthResult): Principal {
  if (result.kind === 'blocked') {
    const { retryAfterSeconds } = result
    throw new AppError('rate_limited', {
      detail: 'Too many failed attempts. Retry after the time in Retry-After.',
      retryAfterSeconds,
    })
  }
  if (result.kind === 'rejected' || decideUse(result, clock.now(), BUILT_IN).kind === 'rejected') {
    throw new AppError('invalid_token', {
      detail: 'The token or secret is not valid for this API.',
    })
  }
  const { credential, secret } = result
  return {
    actor: toActor(result),
    operator: credential.operator,
    session: false,
    secretId: secret?.id,
  }
}
