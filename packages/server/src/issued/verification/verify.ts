import type { VerificationCode } from '@keyporter/contract'
import { formatInstant, parseAuthorization, parseSecret } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { RequestSource } from '../../kernel/context.ts'
import { andThen } from '../../platform/and-then.ts'
import type {
  Authenticator,
  AuthResult,
  CachedCredential,
  MatchedSecret,
} from '../credentials/index.ts'
import { isAccessToken, type Tokens, type Use } from '../tokens/index.ts'

/** The body of `POST /v1/verify`. */
export type VerifyRequest = {
  readonly authorization?: string | undefined
  readonly token?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly permissions?: readonly string[] | undefined
  readonly method?: string | undefined
  readonly path?: string | undefined
  readonly apiId?: string | undefined
  readonly ip?: string | undefined
}

/** The caller of `POST /v1/verify`. Only the operator can verify credentials of other organizations. */
export type VerifyCaller = {
  readonly organizationId: string
  readonly operator: boolean
  readonly requestId: string | null
}

/** The response of `POST /v1/verify`. */
export type VerifyResponse = {
  readonly valid: boolean
  readonly code: VerificationCode
  readonly credentialId?: string
  readonly clientId?: string
  readonly organizationId?: string
  readonly permissions?: readonly string[]
  readonly missingPermissions?: readonly string[]
  readonly expiresAt?: string
  readonly environment?: 'production' | 'test'
}

/** Dependencies of {@link createVerifier}. */
export type VerifierDeps = {
  readonly authenticator: Authenticator
  readonly tokens: Pick<Tokens, 'verify'>
  readonly recordUse: (use: Use) => void
}

/** Verifies credentials and tokens. Returns a {@link VerifyResponse} as JSON, synchronously if it is cached. */
export type Verifier = (request: VerifyRequest, caller: VerifyCaller) => string | Promise<string>

type PresentedCredential = {
  readonly credential: CachedCredential
  readonly granted: readonly string[]
  readonly secretId?: string
  readonly expiresAtMs: number
}

type Lookup =
  | ({ readonly ok: true } & PresentedCredential)
  | {
      readonly ok: false
      readonly code: VerificationCode
      readonly credential?: CachedCredential | undefined
    }

/** Creates the verifier. A cached credential needs no database read; a cached header not even a promise. */
export function createVerifier(deps: VerifierDeps): Verifier {
  return (request, caller) => {
    // Failures count for the end client's address. A gateway that does not send it is never blocked:
    // otherwise one attacker could block all clients of the gateway.
    const source = { ip: request.ip ?? null, requestId: caller.requestId }
    return andThen(lookUp(deps, request, source), (found) => {
      // Do not reveal credentials of other organizations, except to the operator.
      if (
        found.credential !== undefined &&
        !caller.operator &&
        found.credential.organizationId !== caller.organizationId
      ) {
        return toJson({ valid: false, code: 'not_found' })
      }
      if (!found.ok) return toJson(rejectInvalid(deps, found, source))
      return decide(deps, request, { found, source })
    })
  }
}

function lookUp(
  deps: VerifierDeps,
  request: VerifyRequest,
  source: RequestSource,
): Lookup | Promise<Lookup> {
  const { authorization, token, clientId, clientSecret } = request
  const given = [authorization, token, clientId ?? clientSecret].filter(
    (part) => part !== undefined,
  )
  if (given.length !== 1) {
    throw new AppError('invalid_request', {
      detail: 'Send exactly one of authorization, token, or clientId with clientSecret.',
    })
  }
  if (token !== undefined) return lookUpToken(deps, token)
  if (authorization !== undefined) {
    const cached = deps.authenticator.authenticateCached(authorization, source)
    return cached === undefined
      ? lookUpAuthorization(deps, authorization, source)
      : fromSecret(cached)
  }
  if (clientId === undefined || clientSecret === undefined) return { ok: false, code: 'malformed' }
  return deps.authenticator
    .authenticateClient({ clientId, clientSecret }, source)
    .then(fromAuthResult)
}

async function lookUpAuthorization(
  deps: VerifierDeps,
  header: string,
  source: RequestSource,
): Promise<Lookup> {
  const parsed = parseAuthorization(header)
  if (parsed.kind === 'basic') {
    const { username: clientId, password: clientSecret } = parsed
    return fromAuthResult(
      await deps.authenticator.authenticateClient({ clientId, clientSecret }, source, header),
    )
  }
  if (parsed.kind !== 'bearer') return { ok: false, code: 'malformed' }
  if (isAccessToken(parsed.token)) return lookUpToken(deps, parsed.token)
  if (parseSecret(parsed.token) === undefined) return { ok: false, code: 'malformed' }
  return fromAuthResult(await deps.authenticator.authenticateSecret(parsed.token, source, header))
}

async function lookUpToken({ tokens }: VerifierDeps, token: string): Promise<Lookup> {
  const verified = await tokens.verify(token)
  if (!verified.ok) return { ok: false, code: verified.reason, credential: verified.credential }
  const { credential, granted, claims } = verified
  return { ok: true, credential, granted, expiresAtMs: claims.exp * 1_000 }
}

function fromAuthResult(result: AuthResult): Lookup {
  if (result.kind === 'blocked') return { ok: false, code: 'rate_limited' }
  if (result.kind === 'rejected')
    return { ok: false, code: result.reason, credential: result.credential }
  return fromSecret(result)
}

function fromSecret({ credential, secret }: MatchedSecret): Lookup {
  return {
    ok: true,
    credential,
    granted: credential.granted,
    secretId: secret.id,
    expiresAtMs: credential.expiresAt,
  }
}

function rejectInvalid(
  deps: VerifierDeps,
  found: Extract<Lookup, { ok: false }>,
  { ip }: RequestSource,
): VerifyResponse {
  const { code, credential } = found
  if (credential === undefined) return { valid: false, code }
  deps.recordUse({ credential, outcome: code, permissions: [], ip: ip ?? '' })
  return { valid: false, code, ...describe(credential) }
}

function decide(
  deps: VerifierDeps,
  request: VerifyRequest,
  { found, source }: { readonly found: PresentedCredential; readonly source: RequestSource },
): string {
  const { credential, granted, secretId } = found
  const record = (code: VerificationCode, permissions: readonly string[]): void =>
    deps.recordUse({ credential, secretId, outcome: code, permissions, ip: source.ip ?? '' })
  const reject = (code: VerificationCode, missing?: readonly string[]): string => {
    record(code, missing ?? [])
    return toJson({
      valid: false,
      code,
      ...describe(credential),
      permissions: granted,
      ...(missing === undefined ? {} : { missingPermissions: missing }),
      expiresAt: formatInstant(found.expiresAtMs),
    })
  }
  if (request.apiId !== undefined && request.apiId !== credential.api.id) return reject('wrong_api')
  const needed = neededPermissions(request, credential)
  if (needed === undefined) return reject('unmapped_operation')
  const grantedSet = granted === credential.granted ? credential.grantedSet : new Set(granted)
  const missing = needed.filter((name) => !grantedSet.has(name))
  if (missing.length > 0) return reject('insufficient_permissions', missing)
  record('valid', needed)
  return toValidJson(found)
}

/**
 * Builds the most frequent response from a template and precomputed parts. Ids and codes need no escaping.
 * The result equals the output of {@link toJson}.
 */
function toValidJson({ credential, granted, expiresAtMs }: PresentedCredential): string {
  const hasAllPermissions = granted === credential.granted
  const permissions = hasAllPermissions ? credential.grantedJson : JSON.stringify(granted)
  const expiresAt =
    expiresAtMs === credential.expiresAt ? credential.expiresAtText : formatInstant(expiresAtMs)
  const { id, clientId, organizationId, environment } = credential
  return (
    `{"valid":true,"code":"valid","credentialId":"${id}","clientId":"${clientId}",` +
    `"organizationId":"${organizationId}","environment":"${environment}",` +
    `"permissions":${permissions},"expiresAt":"${expiresAt}"}`
  )
}

function toJson(response: VerifyResponse): string {
  return JSON.stringify(response)
}

/** Returns the named permissions and those of method and path; undefined for an unmapped operation. */
function neededPermissions(
  { permissions = [], method, path }: VerifyRequest,
  { api }: CachedCredential,
): readonly string[] | undefined {
  if (method === undefined && path === undefined) return permissions
  if (method === undefined || path === undefined) {
    throw new AppError('invalid_request', {
      detail: 'Only one of method and path was sent. Send both.',
    })
  }
  const mapped = api.match(method.toUpperCase(), path)
  // An operation without permissions counts as unmapped: an omission must not make every credential valid.
  if (mapped === undefined || mapped.length === 0) return undefined
  if (permissions.length === 0) return mapped
  return [...new Set([...permissions, ...mapped])]
}

function describe(credential: CachedCredential) {
  const { id, clientId, organizationId, environment } = credential
  return { credentialId: id, clientId, organizationId, environment }
}
