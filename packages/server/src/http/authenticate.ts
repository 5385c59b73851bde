import { parseAuthorization, parseSecret } from '@keyporter/protocol'
import type { FastifyRequest } from 'fastify'
import type {
  Admission,
  Guard,
  Origin,
  RecognizedSecret,
  RegisteredCredential,
} from '../issued/credentials/index.ts'
import { isAccessToken, type Tokens } from '../issued/tokens/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Principal } from './permit.ts'

/** What authentication needs. */
export type AuthenticateDeps = {
  readonly guard: Guard
  readonly tokens: Pick<Tokens, 'judge'>
  /** The member of a session cookie; undefined when there is none, or it is no longer good. */
  readonly authenticateSession: (cookieHeader: string) => Promise<Principal | undefined>
}

/** Finds out who a request comes from: at once where that is known. */
export type Authenticate = (request: FastifyRequest) => Principal | Promise<Principal>

/**
 * Finds out who calls the management API: an access token for the built-in api, a credential of it
 * directly (Basic or Bearer), or a session. A header is never overridden by a cookie.
 *
 * @throws {AppError} `unauthenticated`, `invalid_token`, `rate_limited`
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  return (request) => {
    const { authorization } = request.headers
    if (authorization === undefined) return bySession(deps, request)
    const known = deps.guard.readmit(authorization, originOf(request))
    return known === undefined ? byHeader(deps, authorization, request) : presented(known)
  }
}

async function bySession(deps: AuthenticateDeps, request: FastifyRequest): Promise<Principal> {
  const { cookie } = request.headers
  const principal = cookie === undefined ? undefined : await deps.authenticateSession(cookie)
  if (principal === undefined)
    throw new AppError('unauthenticated', { detail: 'Sign in, or send a credential.' })
  return principal
}

async function byHeader(
  deps: AuthenticateDeps,
  header: string,
  request: FastifyRequest,
): Promise<Principal> {
  const origin = originOf(request)
  const parsed = parseAuthorization(header)
  if (parsed.kind === 'basic') {
    const { username: clientId, password: clientSecret } = parsed
    return admitted(await deps.guard.admitPair({ clientId, clientSecret }, origin, header))
  }
  if (parsed.kind !== 'bearer') throw invalidToken()
  if (isAccessToken(parsed.token)) return byToken(deps, parsed.token)
  if (parseSecret(parsed.token) === undefined) throw invalidToken()
  return admitted(await deps.guard.admitSecret(parsed.token, origin, header))
}

async function byToken({ tokens }: AuthenticateDeps, token: string): Promise<Principal> {
  const judgement = await tokens.judge(token)
  if (!judgement.ok) throw invalidToken()
  const { credential, granted } = judgement
  const all = granted === credential.granted
  return toPrincipal(credential, all ? credential.grantedSet : new Set(granted))
}

function admitted(admission: Admission): Principal {
  if (admission.kind === 'blocked') {
    throw new AppError('rate_limited', {
      detail: 'Too many failed attempts.',
      retryAfterSeconds: admission.retryAfterSeconds,
    })
  }
  if (admission.kind === 'refused') throw invalidToken()
  return presented(admission)
}

function presented({ credential, secret }: RecognizedSecret): Principal {
  return { ...toPrincipal(credential, credential.grantedSet), secretId: secret.id }
}

/** Only credentials of the built-in api are for us (RFC 9068 §4: the audience must be us). */
function toPrincipal(
  credential: RegisteredCredential,
  permissions: ReadonlySet<string>,
): Principal {
  if (!credential.api.builtIn) throw invalidToken()
  const { id, name, organizationId, clientId, environment, operator } = credential
  return {
    actor: { kind: 'credential', id, name, organizationId, clientId, environment, permissions },
    operator,
    session: false,
  }
}

function originOf({ ip, id }: FastifyRequest): Origin {
  return { ip, requestId: id }
}

function invalidToken(): AppError {
  return new AppError('invalid_token', {
    detail: 'What was presented is not a valid token or secret for this api.',
  })
}
