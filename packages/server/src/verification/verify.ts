import type { VerificationCode } from '@keyporter/contract'
import { formatInstant, parseAuthorization, parseSecret } from '@keyporter/protocol'
import { AppError } from '../app-error.ts'
import type {
  Admission,
  Guard,
  Origin,
  RecognizedSecret,
  RegisteredCredential,
} from '../credentials/index.ts'
import { isAccessToken, type Tokens, type Use } from '../tokens/index.ts'

/** What is asked, as `POST /v1/verify` takes it. */
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

/** Who asks: whose credentials they may know of. */
export type VerifyCaller = {
  readonly organizationId: string
  readonly operator: boolean
  readonly requestId: string | null
}

/** What is answered. */
export type VerifyAnswer = {
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

/** What the verifier needs. */
export type VerifierDeps = {
  readonly guard: Guard
  readonly tokens: Pick<Tokens, 'judge'>
  readonly recordUse: (use: Use) => void
}

/** Verifies presented credentials and tokens. */
export type Verifier = (request: VerifyRequest, caller: VerifyCaller) => Promise<VerifyAnswer>

type Presented = {
  readonly credential: RegisteredCredential
  readonly granted: readonly string[]
  readonly secretId?: string
  readonly expiresAtMs: number
}

type Found =
  | ({ readonly ok: true } & Presented)
  | {
      readonly ok: false
      readonly code: VerificationCode
      readonly credential?: RegisteredCredential | undefined
    }

/** Makes the verifier. Warm, it reads no row. */
export function createVerifier(deps: VerifierDeps): Verifier {
  return async (request, caller) => {
    // Guesses are counted where they come from, at the caller's caller: a gateway that does not tell must
    // not be slowed down for all because of one.
    const origin = { ip: request.ip ?? null, requestId: caller.requestId }
    const found = await find(deps, request, origin)
    // Another organization's credential is none, for everyone but the operator.
    if (
      found.credential !== undefined &&
      !caller.operator &&
      found.credential.organizationId !== caller.organizationId
    ) {
      return { valid: false, code: 'not_found' }
    }
    if (!found.ok) return refused(deps, found, origin)
    return judge(deps, request, { found, origin })
  }
}

async function find(deps: VerifierDeps, request: VerifyRequest, origin: Origin): Promise<Found> {
  const { authorization, token, clientId, clientSecret } = request
  const given = [authorization, token, clientId ?? clientSecret].filter(
    (part) => part !== undefined,
  )
  if (given.length !== 1) {
    throw new AppError('invalid_request', {
      detail: 'Send authorization, or token, or clientId with clientSecret.',
    })
  }
  if (token !== undefined) return findToken(deps, token)
  if (authorization !== undefined) return findAuthorization(deps, authorization, origin)
  if (clientId === undefined || clientSecret === undefined) return { ok: false, code: 'malformed' }
  return fromAdmission(await deps.guard.admitPair({ clientId, clientSecret }, origin))
}

async function findAuthorization(
  deps: VerifierDeps,
  header: string,
  origin: Origin,
): Promise<Found> {
  const known = deps.guard.readmit(header, origin)
  if (known !== undefined) return recognized(known)
  const parsed = parseAuthorization(header)
  if (parsed.kind === 'basic') {
    const { username: clientId, password: clientSecret } = parsed
    return fromAdmission(await deps.guard.admitPair({ clientId, clientSecret }, origin, header))
  }
  if (parsed.kind !== 'bearer') return { ok: false, code: 'malformed' }
  if (isAccessToken(parsed.token)) return findToken(deps, parsed.token)
  if (parseSecret(parsed.token) === undefined) return { ok: false, code: 'malformed' }
  return fromAdmission(await deps.guard.admitSecret(parsed.token, origin, header))
}

async function findToken({ tokens }: VerifierDeps, token: string): Promise<Found> {
  const judgement = await tokens.judge(token)
  if (!judgement.ok) return { ok: false, code: judgement.why, credential: judgement.credential }
  const { credential, granted, claims } = judgement
  return { ok: true, credential, granted, expiresAtMs: claims.exp * 1_000 }
}

function fromAdmission(admission: Admission): Found {
  if (admission.kind === 'blocked') return { ok: false, code: 'rate_limited' }
  if (admission.kind === 'refused')
    return { ok: false, code: admission.why, credential: admission.credential }
  return recognized(admission)
}

function recognized({ credential, secret }: RecognizedSecret): Found {
  return {
    ok: true,
    credential,
    granted: credential.granted,
    secretId: secret.id,
    expiresAtMs: credential.expiresAt,
  }
}

function refused(
  deps: VerifierDeps,
  found: Extract<Found, { ok: false }>,
  { ip }: Origin,
): VerifyAnswer {
  const { code, credential } = found
  if (credential === undefined) return { valid: false, code }
  deps.recordUse({ credential, outcome: code, permissions: [], ip: ip ?? '' })
  return { valid: false, code, ...describe(credential) }
}

function judge(
  deps: VerifierDeps,
  request: VerifyRequest,
  { found, origin }: { readonly found: Presented; readonly origin: Origin },
): VerifyAnswer {
  const { credential, granted, secretId } = found
  const answer = (
    code: VerificationCode,
    permissions: readonly string[],
    missing?: readonly string[],
  ): VerifyAnswer => {
    deps.recordUse({ credential, secretId, outcome: code, permissions, ip: origin.ip ?? '' })
    return {
      valid: code === 'valid',
      code,
      ...describe(credential),
      permissions: granted,
      ...(missing === undefined ? {} : { missingPermissions: missing }),
      expiresAt: formatInstant(found.expiresAtMs),
    }
  }
  if (request.apiId !== undefined && request.apiId !== credential.api.id)
    return answer('wrong_api', [])
  const needed = neededPermissions(request, credential)
  if (needed === undefined) return answer('unmapped_operation', [])
  const held = granted === credential.granted ? credential.grantedSet : new Set(granted)
  const missing = needed.filter((name) => !held.has(name))
  if (missing.length > 0) return answer('insufficient_permissions', missing, missing)
  return answer('valid', needed)
}

/** What the request needs: named permissions, and those of its method and path; undefined when unmapped. */
function neededPermissions(
  { permissions = [], method, path }: VerifyRequest,
  { api }: RegisteredCredential,
): readonly string[] | undefined {
  if (method === undefined && path === undefined) return permissions
  if (method === undefined || path === undefined) {
    throw new AppError('invalid_request', { detail: 'Send method and path together.' })
  }
  const mapped = api.match(method.toUpperCase(), path)
  // An operation for which nothing is named is as good as unknown: it must never be valid by omission.
  if (mapped === undefined || mapped.length === 0) return undefined
  if (permissions.length === 0) return mapped
  return [...new Set([...permissions, ...mapped])]
}

function describe(credential: RegisteredCredential) {
  const { id, clientId, organizationId, environment } = credential
  return { credentialId: id, clientId, organizationId, environment }
}
