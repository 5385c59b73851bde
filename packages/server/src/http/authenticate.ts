import { parseAuthorization, parseSecret } from '@keyporter/protocol'
import type { FastifyRequest } from 'fastify'
import type {
  Authenticator,
  AuthResult,
  CachedCredential,
  MatchedSecret,
} from '../issued/credentials/index.ts'
import { isAccessToken, type Tokens } from '../issued/tokens/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Principal, RequestSource } from '../kernel/context.ts'

/** Dependencies of {@link createAuthenticate}. */
export type AuthenticateDeps = {
  readonly authenticator: Authenticator
  readonly tokens: Pick<Tokens, 'verify'>
  /** Returns the member of a session cookie; undefined without a valid session. */
  readonly authenticateSession: (cookieHeader: string) => Promise<Principal | undefined>
}

/** Authenticates a request. Synchronous when the `Authorization` header is cached. */
export type Authenticate = (request: FastifyRequest) => Principal | Promise<Principal>

/**
 * Creates the authentication of the management API. Accepted are an access token for the built-in API, a
 * credential of the built-in API (Basic or Bearer), and a session cookie. A cookie is ignored when the
 * request has an `Authorization` header.
 *
 * @throws {AppError} `unauthenticated`, `invalid_token`, `rate_limited`
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  return (request) => {
    const { authorization } = request.headers
    if (authorization === undefined) return authenticateSession(deps, request)
    const cached = deps.authenticator.authenticateCached(authorization, sourceOf(request))
    return cached === undefined
      ? authenticateHeader(deps, authorization, request)
      : fromSecret(cached)
  }
}

async function authenticateSession(
  deps: AuthenticateDeps,
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

async function authenticateHeader(
  deps: AuthenticateDeps,
  header: string,
  request: FastifyRequest,
): Promise<Principal> {
  const source = sourceOf(request)
  const parsed = parseAuthorization(header)
  if (parsed.kind === 'basic') {
    const { username: clientId, password: clientSecret } = parsed
    return fromAuthResult(
      await deps.authenticator.authenticateClient({ clientId, clientSecret }, source, header),
    )
  }
  if (parsed.kind !== 'bearer') throw invalidToken()
  if (isAccessToken(parsed.token)) return authenticateToken(deps, parsed.token)
  if (parseSecret(parsed.token) === undefined) throw invalidToken()
  return fromAuthResult(await deps.authenticator.authenticateSecret(parsed.token, source, header))
}

async function authenticateToken({ tokens }: AuthenticateDeps, token: string): Promise<Principal> {
  const verified = await tokens.verify(token)
  if (!verified.ok) throw invalidToken()
  const { credential, granted } = verified
  const hasAll = granted === credential.granted
  return toPrincipal(credential, hasAll ? credential.grantedSet : new Set(granted))
}

function fromAuthResult(result: AuthResult): Principal {
  if (result.kind === 'blocked') {
    const { retryAfterSeconds } = result
    throw new AppError('rate_limited', {
      detail: 'Too many failed attempts. Retry after the time in Retry-After.',
      retryAfterSeconds,
    })
  }
  if (result.kind === 'rejected') throw invalidToken()
  return fromSecret(result)
}

function fromSecret({ credential, secret }: MatchedSecret): Principal {
  return { ...toPrincipal(credential, credential.grantedSet), secretId: secret.id }
}

/** Requires a credential of the built-in API. RFC 9068 §4: the audience must be this resource server. */
function toPrincipal(credential: CachedCredential, permissions: ReadonlySet<string>): Principal {
  if (!credential.api.builtIn) throw invalidToken()
  const { id, name, organizationId, clientId, environment, operator } = credential
  return {
    actor: { kind: 'credential', id, name, organizationId, clientId, environment, permissions },
    operator,
    session: false,
  }
}

function sourceOf({ ip, id }: FastifyRequest): RequestSource {
  return { ip, requestId: id }
}

function invalidToken(): AppError {
  return new AppError('invalid_token', {
    detail: 'The token or secret is not valid for this API.',
  })
}
