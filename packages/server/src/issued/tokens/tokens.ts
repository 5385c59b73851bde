import type { Form, OAuthFault } from '@keyporter/protocol'
import {
  findRepeatedParameter,
  INVALID_CLIENT,
  type IntrospectionResponse,
  isSigningAlgorithm,
  parseClientAuthentication,
  parseClientCredentialsGrant,
  parseTokenParameter,
} from '@keyporter/protocol'
import type { Caller, Context, RequestSource } from '../../kernel/context.ts'
import { system } from '../../kernel/context.ts'
import type { RecordUse } from '../../kernel/record-use.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import {
  type AuthenticatedCredential,
  type CachedCredential,
  type Demand,
  decideUse,
  type RejectionCode,
} from '../credentials/index.ts'
import { ensureSigningKey, type KeyRing, type SigningKey } from '../signing-keys/index.ts'
import { type Authenticator, toActor } from './authenticate-credential.ts'
import { createMinter } from './mint.ts'
import { insertRevoked } from './rows.ts'
import type { AuthenticatedToken } from './verify-token.ts'

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

/** Dependencies of {@link createTokens}. */
export type TokenDeps = {
  readonly authenticator: Authenticator
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly issuer: string
  readonly random: Random
  readonly recordUse: RecordUse
  readonly createContext: (caller: Caller) => Context
}

/** The OAuth endpoints. */
export type Tokens = {
  /** Issues an access token: the client credentials grant, RFC 6749 §4.4. */
  readonly issue: (request: OAuthRequest) => Promise<OAuthResponse>
  /** Token introspection, RFC 7662. */
  readonly introspect: (request: OAuthRequest) => Promise<OAuthResponse>
  /** Token revocation, RFC 7009. Every node rejects the JWT from then on. */
  readonly revoke: (request: OAuthRequest) => Promise<OAuthResponse>
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
// RFC 6749 §5.2: the other rejections are one error, so that the response does not reveal the state of a credential.
const rejectionFaults: Readonly<Partial<Record<RejectionCode, OAuthFault>>> = {
  insufficient_permissions: INVALID_SCOPE,
  wrong_api: INVALID_TARGET,
}
const INACTIVE = JSON.stringify({ active: false } satisfies IntrospectionResponse)

/** Creates the token service. The client is authenticated before the grant is checked. */
export function createTokens(deps: TokenDeps): Tokens {
  const mint = createMinter(deps.issuer, deps.random)

  return {
    issue: async (request) => {
      const client = await authenticateClient(deps, request)
      if (client.kind !== 'authenticated') return client
      const grant = parseClientCredentialsGrant(request.form)
      if (grant.kind === 'fault') return grant
      const nowMs = deps.clock.now()
      const decision = decideUse(client, endOfSecond(nowMs), {
        resources: grant.resources,
        permissions: grant.scope,
      })
      if (decision.kind === 'rejected')
        return toFault(rejectionFaults[decision.code] ?? INVALID_CLIENT)
      const { credential, secret } = client
      const scope = grant.scope === undefined ? credential.scope : grant.scope.join(' ')
      const key = await requireSigningKey(deps, credential, nowMs)
      const { token, expiresInSeconds } = await mint({ credential, key, scope, nowMs })
      const permissions = grant.scope ?? credential.granted
      deps.recordUse({
        credential,
        secretId: secret?.id,
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
      if (client.kind !== 'authenticated') return client
      const parameter = parseTokenParameter(request.form)
      if (parameter.kind === 'fault') return parameter
      const token = await deps.authenticator.authenticateToken(parameter.token)
      const isVisible =
        token.kind === 'authenticated' && mayIntrospect(client, token, deps.clock.now())
      return { kind: 'json', body: isVisible ? JSON.stringify(introspection(token)) : INACTIVE }
    },
    revoke: async (request) => {
      const client = await authenticateClient(deps, request)
      if (client.kind !== 'authenticated') return client
      const parameter = parseTokenParameter(request.form)
      if (parameter.kind === 'fault') return parameter
      const token = await deps.authenticator.authenticateToken(parameter.token)
      // RFC 7009 §2.1: a client can revoke only its own tokens; §2.2: invalid tokens get status 200 too.
      const isOwn = token.kind === 'authenticated' && token.credential.id === client.credential.id
      if (isOwn) await revokeToken(deps, client, { token, source: request.source })
      return { kind: 'empty' }
    },
  }
}

/** Rejects repeated parameters (RFC 6749 §3.2), then authenticates the client. */
async function authenticateClient(
  deps: TokenDeps,
  { authorization, form, source }: OAuthRequest,
): Promise<AuthenticatedCredential | OAuthResponse> {
  const repeated = findRepeatedParameter(form)
  if (repeated !== undefined) return toFault(repeated)
  const sent =
    findSoleBasicHeader(authorization, form) ?? parseClientAuthentication({ authorization, form })
  if (typeof sent !== 'string' && sent.kind === 'fault') return sent
  const result =
    typeof sent === 'string'
      ? deps.authenticator.authenticateHeader(sent, source)
      : deps.authenticator.authenticateClient(sent, source)
  const client = result instanceof Promise ? await result : result
  if (client.kind !== 'rejected') return client
  if (client.credential !== undefined) {
    deps.recordUse({
      credential: client.credential,
      outcome: client.code,
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

/** `expires_in` has whole seconds: a credential that expires within the current second cannot get a token. */
function endOfSecond(nowMs: number): number {
  return Math.floor(nowMs / 1_000) * 1_000 + 999
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

const INTROSPECTION: Demand = { builtIn: true, permissions: ['TOKEN_READ'] }

/**
 * A client can introspect its own tokens. With TOKEN_READ on the built-in API it can introspect the tokens of
 * its organization; a client of the operator then can introspect every token.
 */
function mayIntrospect(
  client: AuthenticatedCredential,
  { credential }: AuthenticatedToken,
  nowMs: number,
): boolean {
  const { id, operator, organizationId } = client.credential
  if (id === credential.id) return true
  if (decideUse(client, nowMs, INTROSPECTION).kind === 'rejected') return false
  return operator || organizationId === credential.organizationId
}

function introspection({ claims, granted }: AuthenticatedToken): IntrospectionResponse {
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
  client: AuthenticatedCredential,
  { token, source }: { readonly token: AuthenticatedToken; readonly source: RequestSource },
): Promise<void> {
  const { id, name, organizationId, operator } = client.credential
  const ctx = deps.createContext({
    ...source,
    actor: toActor(client),
    operator,
    organizationId,
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
