import type { VerificationCode } from '@keyporter/contract'
import { formatInstant, parseAuthorization, parseSecret } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { andThen } from '../../platform/and-then.ts'
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

/** Verifies presented credentials and tokens; gives a {@link VerifyAnswer} as JSON, at once where it can. */
export type Verifier = (request: VerifyRequest, caller: VerifyCaller) => string | Promise<string>

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

/** Makes the verifier. Warm, it reads no row; of whom it knows by the header, it speaks at once. */
export function createVerifier(deps: VerifierDeps): Verifier {
  return (request, caller) => {
    // Guesses are counted where they come from, at the caller's caller: a gateway that does not tell must
    // not be slowed down for all because of one.
    const origin = { ip: request.ip ?? null, requestId: caller.requestId }
    return andThen(find(deps, request, origin), (found) => {
      // Another organization's credential is none, for everyone but the operator.
      if (
        found.credential !== undefined &&
        !caller.operator &&
        found.credential.organizationId !== caller.organizationId
      ) {
        return write({ valid: false, code: 'not_found' })
      }
      if (!found.ok) return write(refused(deps, found, origin))
      return judge(deps, request, { found, origin })
    })
  }
}

function find(deps: VerifierDeps, request: VerifyRequest, origin: Origin): Found | Promise<Found> {
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
  if (authorization !== undefined) {
    const known = deps.guard.readmit(authorization, origin)
    return known === undefined ? findAuthorization(deps, authorization, origin) : recognized(known)
  }
  if (clientId === undefined || clientSecret === undefined) return { ok: false, code: 'malformed' }
  return deps.guard.admitPair({ clientId, clientSecret }, origin).then(fromAdmission)
}

async function findAuthorization(
  deps: VerifierDeps,
  header: string,
  origin: Origin,
): Promise<Found> {
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
): string {
  const { credential, granted, secretId } = found
  const record = (code: VerificationCode, permissions: readonly string[]): void =>
    deps.recordUse({ credential, secretId, outcome: code, permissions, ip: origin.ip ?? '' })
  const refuse = (code: VerificationCode, missing?: readonly string[]): string => {
    record(code, missing ?? [])
    return write({
      valid: false,
      code,
      ...describe(credential),
      permissions: granted,
      ...(missing === undefined ? {} : { missingPermissions: missing }),
      expiresAt: formatInstant(found.expiresAtMs),
    })
  }
  if (request.apiId !== undefined && request.apiId !== credential.api.id) return refuse('wrong_api')
  const needed = neededPermissions(request, credential)
  if (needed === undefined) return refuse('unmapped_operation')
  const held = granted === credential.granted ? credential.grantedSet : new Set(granted)
  const missing = needed.filter((name) => !held.has(name))
  if (missing.length > 0) return refuse('insufficient_permissions', missing)
  record('valid', needed)
  return writeValid(found)
}

/**
 * The answer most often given, by template, from what the registry keeps ready. Our own ids and words have
 * nothing that needs escaping. It equals what {@link write} would make of the same answer.
 */
function writeValid({ credential, granted, expiresAtMs }: Presented): string {
  const isWhole = granted === credential.granted
  const permissions = isWhole ? credential.grantedJson : JSON.stringify(granted)
  const expiresAt =
    expiresAtMs === credential.expiresAt ? credential.expiresAtText : formatInstant(expiresAtMs)
  const { id, clientId, organizationId, environment } = credential
  return (
    `{"valid":true,"code":"valid","credentialId":"${id}","clientId":"${clientId}",` +
    `"organizationId":"${organizationId}","environment":"${environment}",` +
    `"permissions":${permissions},"expiresAt":"${expiresAt}"}`
  )
}

function write(answer: VerifyAnswer): string {
  return JSON.stringify(answer)
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
