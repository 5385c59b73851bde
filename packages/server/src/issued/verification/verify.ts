import { AppError } from '../../kernel/app-error.ts'
import type { RequestSource } from '../../kernel/context.ts'
import type { RecordUse } from '../../kernel/record-use.ts'
import { andThen } from '../../platform/and-then.ts'
import type { Clock } from '../../platform/clock.ts'
import { type AuthResult, type Demand, decideUse, type RejectedAuth } from '../credentials/index.ts'
import type { Authenticator } from '../tokens/index.ts'
import { formatVerification, type Verification } from './format-verification.ts'

/** The body of `POST /v1/verify`. */
export type VerifyRequest = Pick<Demand, 'permissions' | 'method' | 'path' | 'apiId'> & {
  readonly authorization?: string | undefined
  readonly token?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly ip?: string | undefined
}

/** The caller of `POST /v1/verify`. Only the operator can verify credentials of other organizations. */
export type VerifyCaller = {
  readonly organizationId: string
  readonly operator: boolean
  readonly requestId: string | null
}

/** Dependencies of {@link createVerifier}. */
export type VerifierDeps = {
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly recordUse: RecordUse
}

/** Verifies credentials and tokens. Returns the response as JSON, synchronously if the header is cached. */
export type Verifier = (request: VerifyRequest, caller: VerifyCaller) => string | Promise<string>

/** Creates the verifier. A cached credential needs no database read; a cached header not even a promise. */
export function createVerifier(deps: VerifierDeps): Verifier {
  return (request, caller) => {
    requireCompleteRequest(request)
    // Failures count for the end client's address. A gateway that does not send it is never blocked:
    // otherwise one attacker could block all clients of the gateway.
    const source = { ip: request.ip ?? null, requestId: caller.requestId }
    return andThen(authenticate(deps, request, source), (result) => {
      const terms = { request, caller, nowMs: deps.clock.now() }
      const verification = decideVerification(result, terms)
      recordUse(deps, verification, request.ip ?? '')
      return formatVerification(verification)
    })
  }
}

/** @throws {AppError} `invalid_request` */
function requireCompleteRequest({
  authorization,
  token,
  clientId,
  clientSecret,
  method,
  path,
}: VerifyRequest): void {
  const isPairSent = clientId !== undefined || clientSecret !== undefined
  if (Number(authorization !== undefined) + Number(token !== undefined) + Number(isPairSent) !== 1)
    throw new AppError('invalid_request', {
      detail: 'Send exactly one of authorization, token, or clientId with clientSecret.',
    })
  if ((method === undefined) !== (path === undefined))
    throw new AppError('invalid_request', {
      detail: 'Only one of method and path was sent. Send both.',
    })
}

const MALFORMED: RejectedAuth = { kind: 'rejected', code: 'malformed' }

function authenticate(
  { authenticator }: VerifierDeps,
  { authorization, token, clientId, clientSecret }: VerifyRequest,
  source: RequestSource,
): AuthResult | Promise<AuthResult> {
  if (authorization !== undefined) return authenticator.authenticateHeader(authorization, source)
  if (token !== undefined) return authenticator.authenticateToken(token)
  if (clientId === undefined || clientSecret === undefined) return MALFORMED
  return authenticator.authenticateClient({ clientId, clientSecret }, source)
}

type Terms = {
  readonly request: VerifyRequest
  readonly caller: VerifyCaller
  readonly nowMs: number
}

const RATE_LIMITED: Verification = { code: 'rate_limited' }
const NOT_FOUND: Verification = { code: 'not_found' }

function decideVerification(result: AuthResult, { request, caller, nowMs }: Terms): Verification {
  if (result.kind === 'blocked') return RATE_LIMITED
  // Do not reveal credentials of other organizations, except to the operator.
  const { organizationId } = result.credential ?? caller
  if (!caller.operator && organizationId !== caller.organizationId) return NOT_FOUND
  if (result.kind === 'rejected') return { code: result.code, credential: result.credential }
  const { credential, secret, granted, expiresAtMs } = result
  const decision = decideUse(result, nowMs, request)
  const secretId = secret?.id
  if (decision.kind === 'allowed')
    return { code: 'valid', credential, secretId, granted, needed: decision.needed, expiresAtMs }
  const { code, missing } = decision
  return { code, credential, secretId, granted, missing, expiresAtMs }
}

const NO_PERMISSIONS: readonly string[] = []

function recordUse(deps: VerifierDeps, verification: Verification, ip: string): void {
  const { code, credential, secretId } = verification
  if (credential === undefined) return
  const permissions = verification.code === 'valid' ? verification.needed : NO_PERMISSIONS
  deps.recordUse({ credential, secretId, outcome: code, permissions, ip })
}
