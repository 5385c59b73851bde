import type { Form, OAuthFault } from '@keyporter/protocol'
import {
  findRepeatedParameter,
  INVALID_CLIENT,
  type IntrospectionResponse,
  isSigningAlgorithm,
  parseClientAuthentication,
  parseClientCredentialsGrant,
  parseIntrospectionRequest,
  parseRevocationRequest,
} from '@keyporter/protocol'
import type { Caller, Context, RequestSource } from '../../kernel/context.ts'
import { system } from '../../kernel/context.ts'
import type { Random } from '../../platform/random.ts'
import type { Authenticator, CachedCredential, MatchedSecret } from '../credentials/index.ts'
import { ensureSigningKey, type SigningKey } from '../signing-keys/index.ts'
import { createMinter } from './mint.ts'
import { insertRevoked } from './rows.ts'
import {
  createTokenVerifier,
  type TokenVerification,
  type TokenVerifierDeps,
  type VerifiedToken,
} from './verify-token.ts'

/** A request to an OAuth endpoint, with its form parsed. */
export type OAuthRequest = {
  readonly authorization: string | undefined
  readonly form: Form
  readonly source: RequestSource
}

/** The response of an OAuth endpoint. `body` is serialized JSON. */
export type OAuthResponse =
  | { readonly kind: 'json'; readonly body: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'fault'; readonly fault: OAuthFault }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number }

/** One use of a credential, for its usage report. */
export type Use = {
  readonly credential: CachedCredential
  readonly secretId?: string | undefined
  readonly outcome: string
  readonly permissions: readonly string[]
  readonly ip: string
}

/** Dependencies of {@link createTokens}. */
export type TokenDeps = TokenVerifierDeps & {
  readonly authenticator: Authenticator
  readonly random: Random
  readonly recordUse: (use: Use) => void
  readonly createContext: (caller: Caller) => Context
}

/** The OAuth endpoints, and the verification of access tokens. */
export type Tokens = {
  /** Issues an access token: the client credentials grant, RFC 6749 §4.4. */
  readonly issue: (request: OAuthRequest) => Promise<OAuthResponse>
  /** Token introspection, RFC 7662. */
  readonly introspect: (request: OAuthRequest) => Promise<OAuthResponse>
  /** Token revocation, RFC 7009. Every node rejects the JWT from then on. */
  readonly revoke: (request: OAuthRequest) => Promise<OAuthResponse>
  readonly verify: (token: string) => Promise<TokenVerification>
}

const INVALID_SCOPE: OAuthFault = {
  error: 'invalid_scope',
  status: 400,
  description: 'The credential does not have every requested scope.',
}
const INVALID_TARGET: OAuthFault = {
  error: 'invalid_target',
  status: 400,
  description: 'The resource does not match the API of the credential.',
}
const INACTIVE = JSON.stringify({ active: false } satisfies IntrospectionResponse)

/** Creates the token service. The client is authenticated before the grant is checked. */
export function createTokens(deps: TokenDeps): Tokens {
  const verify = createTokenVerifier(deps)
  const mint = createMinter(deps.issuer, deps.random)

  return {
    verify,
    issue: async (request) => {
      const client = await authenticateClient(deps, request)
      if ('kind' in client) return client
      const { credential, secret } = client
      const nowMs = deps.clock.now()
      // `expires_in` has whole seconds: within its last second a credential cannot get a token.
      if (secondsLeft(credential, nowMs) < 1) return toFault(INVALID_CLIENT)
      const grant = parseClientCredentialsGrant(request.form)
      if (grant.kind === 'fault') return grant
      if (grant.scope?.some((name) => !credential.grantedSet.has(name)) === true)
        return toFault(INVALID_SCOPE)
      if (grant.resources.some((uri) => uri !== credential.api.identifier))
        return toFault(INVALID_TARGET)
      const scope = grant.scope === undefined ? credential.scope : grant.scope.join(' ')
      const key = await requireSigningKey(deps, credential, nowMs)
      const { token, expiresInSeconds } = await mint({ credential, key, scope, nowMs })
      const permissions = grant.scope ?? credential.granted
      deps.recordUse({
        credential,
        secretId: secret.id,
        outcome: 'token_issued',
        permissions,
        ip: request.source.ip ?? '',
      })
      // Built from a template for speed. No part needs escaping: RFC 6749 §3.3 forbids quotes in a scope.
      return {
        kind: 'json',
        body: `{"access_token":"${token}","token_type":"Bearer","expires_in":${expiresInSeconds},"scope":"${scope}"}`,
      }
    },
    introspect: async (request) => {
      const client = await authenticateClient(deps, request)
      if ('kind' in client) return client
      const parameter = parseIntrospectionRequest(request.form)
      if (parameter.kind === 'fault') return parameter
      const token = await verify(parameter.token)
      const isVisible = token.ok && mayIntrospect(client.credential, token)
      return { kind: 'json', body: isVisible ? JSON.stringify(introspection(token)) : INACTIVE }
    },
    revoke: async (request) => {
      const client = await authenticateClient(deps, request)
      if ('kind' in client) return client
      const parameter = parseRevocationRequest(request.form)
      if (parameter.kind === 'fault') return parameter
      const token = await verify(parameter.token)
      // RFC 7009 §2.1: a client can revoke only its own tokens; §2.2: invalid tokens get status 200 too.
      const isOwn = token.ok && token.credential.id === client.credential.id
      if (isOwn) await revokeToken(deps, client, { token, source: request.source })
      return { kind: 'empty' }
    },
  }
}

/** Rejects repeated parameters (RFC 6749 §3.2), then authenticates the client. */
async function authenticateClient(
  deps: TokenDeps,
  { authorization, form, source }: OAuthRequest,
): Promise<MatchedSecret | OAuthResponse> {
  const repeated = findRepeatedParameter(form)
  if (repeated !== undefined) return toFault(repeated)
  const basic = findSoleBasicHeader(authorization, form)
  const cached =
    basic === undefined ? undefined : deps.authenticator.authenticateCached(basic, source)
  if (cached !== undefined) return cached
  const client = parseClientAuthentication({ authorization, form })
  if (client.kind === 'fault') return client
  const result = await deps.authenticator.authenticateClient(client, source, basic)
  if (result.kind === 'authenticated')
    return { credential: result.credential, secret: result.secret }
  if (result.kind === 'blocked') return result
  if (result.credential !== undefined) {
    deps.recordUse({
      credential: result.credential,
      outcome: result.reason,
      permissions: [],
      ip: source.ip ?? '',
    })
  }
  return toFault(INVALID_CLIENT)
}

const CLIENT_PARAMETERS = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]

/** Returns the Basic header if the form has no client authentication parameters beside it. */
function findSoleBasicHeader(authorization: string | undefined, form: Form): string | undefined {
  if (authorization?.startsWith('Basic ') !== true) return undefined
  return CLIENT_PARAMETERS.every((name) => form.get(name) === undefined) ? authorization : undefined
}

function secondsLeft({ expiresAt }: CachedCredential, nowMs: number): number {
  return Math.floor(expiresAt / 1_000) - Math.floor(nowMs / 1_000)
}

/** Returns the signing key for the API's algorithm. The first token of an algorithm creates its first key. */
async function requireSigningKey(
  deps: TokenDeps,
  { api, organizationId }: CachedCredential,
  nowMs: number,
): Promise<SigningKey> {
  const algorithm = isSigningAlgorithm(api.signingAlgorithm) ? api.signingAlgorithm : 'ES256'
  const key = deps.keyRing.active(algorithm, nowMs)
  if (key !== undefined) return key
  const ctx = deps.createContext({
    actor: system,
    organizationId: api.organizationId ?? organizationId,
    operator: true,
    requestId: null,
    ip: null,
    userAgent: '',
  })
  await ensureSigningKey(ctx, algorithm)
  await deps.keyRing.reload()
  const created = deps.keyRing.active(algorithm, deps.clock.now())
  if (created === undefined)
    throw new TypeError('The key ring does not contain the new signing key')
  return created
}

/**
 * A client can introspect its own tokens. With TOKEN_READ on the built-in API it can introspect the tokens of
 * its organization; a client of the operator then can introspect every token.
 */
function mayIntrospect(caller: CachedCredential, { credential }: VerifiedToken): boolean {
  if (caller.id === credential.id) return true
  if (!caller.api.builtIn || !caller.grantedSet.has('TOKEN_READ')) return false
  return caller.operator || caller.organizationId === credential.organizationId
}

function introspection({ claims, granted }: VerifiedToken): IntrospectionResponse {
  const { client_id, sub, aud, iss, exp, iat, jti } = claims
  return {
    active: true,
    scope: granted.join(' '),
    client_id,
    sub,
    aud,
    iss,
    exp,
    iat,
    jti,
    token_type: 'Bearer',
  }
}

async function revokeToken(
  deps: TokenDeps,
  { credential }: MatchedSecret,
  { token, source }: { readonly token: VerifiedToken; readonly source: RequestSource },
): Promise<void> {
  const { id, name, organizationId, clientId, environment } = credential
  const ctx = deps.createContext({
    actor: {
      kind: 'credential',
      id,
      name,
      organizationId,
      clientId,
      environment,
      permissions: credential.grantedSet,
    },
    organizationId,
    operator: credential.operator,
    requestId: source.requestId,
    ip: source.ip,
    userAgent: '',
  })
  const { jti, exp } = token.claims
  await ctx.mutate(async (tx) => {
    const row = {
      jti,
      credentialId: id,
      organizationId,
      revokedAt: ctx.clock.now(),
      expiresAt: exp * 1_000,
    }
    await insertRevoked(tx, row)
    return {
      result: undefined,
      audit: { action: 'token.revoked', target: { type: 'token', id: jti, name } },
    }
  })
}

function toFault(fault: OAuthFault): OAuthResponse {
  return { kind: 'fault', fault }
}
