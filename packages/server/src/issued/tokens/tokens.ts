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
import type { Caller, Context } from '../../kernel/context.ts'
import { system } from '../../kernel/context.ts'
import type { Random } from '../../platform/random.ts'
import type { Guard, Origin, RecognizedSecret, RegisteredCredential } from '../credentials/index.ts'
import { ensureSigningKey, type SigningKey } from '../signing-keys/index.ts'
import { createMinter } from './mint.ts'
import { insertRevoked } from './rows.ts'
import { createJudge, type JudgeDeps, type LiveToken, type TokenJudgement } from './verify-token.ts'

/** A request to an OAuth endpoint, its form already parsed. */
export type OAuthRequest = {
  readonly authorization: string | undefined
  readonly form: Form
  readonly origin: Origin
}

/** What an OAuth endpoint answers: a JSON text, nothing, a fault, or: wait. */
export type OAuthAnswer =
  | { readonly kind: 'json'; readonly body: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'fault'; readonly fault: OAuthFault }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number }

/** One use of a credential, for its usage. */
export type Use = {
  readonly credential: RegisteredCredential
  readonly secretId?: string | undefined
  readonly outcome: string
  readonly permissions: readonly string[]
  readonly ip: string
}

/** What the token service needs. */
export type TokenDeps = JudgeDeps & {
  readonly guard: Guard
  readonly random: Random
  readonly recordUse: (use: Use) => void
  readonly createContext: (caller: Caller) => Context
}

/** The token service. */
export type Tokens = {
  /** RFC 6749 §4.4. */
  readonly issue: (request: OAuthRequest) => Promise<OAuthAnswer>
  /** RFC 7662. */
  readonly introspect: (request: OAuthRequest) => Promise<OAuthAnswer>
  /** RFC 7009, which really revokes the JWT. */
  readonly revoke: (request: OAuthRequest) => Promise<OAuthAnswer>
  readonly judge: (token: string) => Promise<TokenJudgement>
}

const UNGRANTED: OAuthFault = {
  error: 'invalid_scope',
  status: 400,
  description: 'The scope asks for something that the credential does not have.',
}
const WRONG_TARGET: OAuthFault = {
  error: 'invalid_target',
  status: 400,
  description: 'The resource is not the one that the credential is for.',
}
const INACTIVE = JSON.stringify({ active: false } satisfies IntrospectionResponse)

/** Makes the token service. Every check reads like the RFC's rule; the client comes before the grant. */
export function createTokens(deps: TokenDeps): Tokens {
  const judge = createJudge(deps)
  const mint = createMinter(deps.issuer, deps.random)

  return {
    judge,
    issue: async (request) => {
      const admission = await admitClient(deps, request)
      if ('kind' in admission) return admission
      const nowMs = deps.clock.now()
      // In the last moment of a credential there is no whole second left for a token to live.
      if (secondsLeft(admission.credential, nowMs) < 1) return faulted(INVALID_CLIENT)
      const grant = parseClientCredentialsGrant(request.form)
      if (grant.kind === 'fault') return grant
      const { credential, secret } = admission
      if (grant.scope?.some((name) => !credential.grantedSet.has(name)) === true)
        return faulted(UNGRANTED)
      if (grant.resources.some((uri) => uri !== credential.api.identifier))
        return faulted(WRONG_TARGET)
      const scope = grant.scope === undefined ? credential.scope : grant.scope.join(' ')
      const key = await activeKey(deps, credential, nowMs)
      const { token, expiresInSeconds } = await mint({ credential, key, scope, nowMs })
      const permissions = grant.scope ?? credential.granted
      deps.recordUse({
        credential,
        secretId: secret.id,
        outcome: 'token_issued',
        permissions,
        ip: request.origin.ip ?? '',
      })
      // A template: nothing in it needs escaping (RFC 6749 §3.3 allows no quote in a scope).
      return {
        kind: 'json',
        body: `{"access_token":"${token}","token_type":"Bearer","expires_in":${expiresInSeconds},"scope":"${scope}"}`,
      }
    },
    introspect: async (request) => {
      const admission = await admitClient(deps, request)
      if ('kind' in admission) return admission
      const parameter = parseIntrospectionRequest(request.form)
      if (parameter.kind === 'fault') return parameter
      const judgement = await judge(parameter.token)
      const known = judgement.ok && mayIntrospect(admission.credential, judgement)
      return { kind: 'json', body: known ? JSON.stringify(introspection(judgement)) : INACTIVE }
    },
    revoke: async (request) => {
      const admission = await admitClient(deps, request)
      if ('kind' in admission) return admission
      const parameter = parseRevocationRequest(request.form)
      if (parameter.kind === 'fault') return parameter
      const judgement = await judge(parameter.token)
      // RFC 7009 §2.1: only the client's own tokens; §2.2: whatever is not valid is 200 as well.
      const own = judgement.ok && judgement.credential.id === admission.credential.id
      if (own) await revokeToken(deps, admission, { token: judgement, origin: request.origin })
      return { kind: 'empty' }
    },
  }
}

/** Repeated parameters first, so that none is ignored; then the client; only then what it asks for. */
async function admitClient(
  deps: TokenDeps,
  { authorization, form, origin }: OAuthRequest,
): Promise<RecognizedSecret | OAuthAnswer> {
  const repeated = findRepeatedParameter(form)
  if (repeated !== undefined) return faulted(repeated)
  const basic = findBasicAlone(authorization, form)
  const known = basic === undefined ? undefined : deps.guard.readmit(basic, origin)
  if (known !== undefined) return known
  const client = parseClientAuthentication({ authorization, form })
  if (client.kind === 'fault') return client
  const admission = await deps.guard.admitPair(client, origin, basic)
  if (admission.kind === 'admitted')
    return { credential: admission.credential, secret: admission.secret }
  if (admission.kind === 'blocked') return admission
  if (admission.credential !== undefined) {
    deps.recordUse({
      credential: admission.credential,
      outcome: admission.why,
      permissions: [],
      ip: origin.ip ?? '',
    })
  }
  return faulted(INVALID_CLIENT)
}

const CLIENT_PARAMETERS = [
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]

/** The header of a client that says who it is there alone; another scheme is never taken here. */
function findBasicAlone(authorization: string | undefined, form: Form): string | undefined {
  if (authorization?.startsWith('Basic ') !== true) return undefined
  return CLIENT_PARAMETERS.every((name) => form.get(name) === undefined) ? authorization : undefined
}

function secondsLeft({ expiresAt }: RegisteredCredential, nowMs: number): number {
  return Math.floor(expiresAt / 1_000) - Math.floor(nowMs / 1_000)
}

/** The key of the api's algorithm; the first token of an algorithm makes its first key. */
async function activeKey(
  deps: TokenDeps,
  { api, organizationId }: RegisteredCredential,
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
  const made = deps.keyRing.active(algorithm, deps.clock.now())
  if (made === undefined) throw new TypeError('A signing key was made but is not there')
  return made
}

/** A client looks into its own tokens; with TOKEN_READ into its organization's, the operator's into all. */
function mayIntrospect(caller: RegisteredCredential, { credential }: LiveToken): boolean {
  if (caller.id === credential.id) return true
  if (!caller.api.builtIn || !caller.grantedSet.has('TOKEN_READ')) return false
  return caller.operator || caller.organizationId === credential.organizationId
}

function introspection({ claims, granted }: LiveToken): IntrospectionResponse {
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
  { credential }: RecognizedSecret,
  { token, origin }: { readonly token: LiveToken; readonly origin: Origin },
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
    requestId: origin.requestId,
    ip: origin.ip,
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

function faulted(fault: OAuthFault): OAuthAnswer {
  return { kind: 'fault', fault }
}
