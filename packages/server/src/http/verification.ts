import { isIP } from 'node:net'
import { routes } from '@keyporter/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Verifier, VerifyRequest } from '../issued/verification/index.ts'
import { AppError, type FieldProblem } from '../kernel/app-error.ts'
import { authorizeRequest } from '../kernel/authorize-request.ts'
import type { RecordUse } from '../kernel/record-use.ts'
import { andThen } from '../platform/and-then.ts'
import type { Log } from '../platform/log.ts'
import type { AuthenticateCaller } from './authenticate-caller.ts'
import { sendProblem } from './errors.ts'
import { prepareFixedResponse } from './fixed-response.ts'
import { readJsonObject } from './read-body.ts'
import { securityHeaders } from './security-headers.ts'

/** Dependencies of {@link mountVerification}. */
export type VerificationDeps = {
  readonly authenticate: AuthenticateCaller
  readonly verify: Verifier
  readonly recordUse: RecordUse
  readonly publicUrl: string
  readonly log: Log
}

const route = routes.verification.verify

/** Mounts `POST /v1/verify` as a plain handler: gateways call it for every request to the operator's APIs. */
export function mountVerification(app: FastifyInstance, deps: VerificationDeps): void {
  const sendFixedResponse = prepareFixedResponse({
    ...securityHeaders(deps.publicUrl),
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  app.route({
    method: route.method,
    url: route.path,
    bodyLimit: 64 * 1024,
    handler: async (request, reply) => {
      try {
        const body = handle(deps, request)
        return sendFixedResponse(reply, typeof body === 'string' ? body : await body)
      } catch (error) {
        return sendProblem(reply, error, deps.log)
      }
    },
  })
}

function handle(deps: VerificationDeps, request: FastifyRequest): string | Promise<string> {
  return andThen(deps.authenticate(request), (principal) => {
    const { actor, operator } = principal
    authorizeRequest(principal, { access: route.access, ip: request.ip, recordUse: deps.recordUse })
    if (request.url.includes('?'))
      throw new AppError('invalid_request', {
        detail: 'Send the parameters in the request body, not in the URL.',
      })
    const verifyRequest = readVerifyRequest(readJsonObject(request.body, route))
    return deps.verify(verifyRequest, {
      organizationId: actor.organizationId ?? '',
      operator,
      requestId: request.id,
    })
  })
}

const lengthLimits: Readonly<Record<string, number>> = {
  authorization: 16_384,
  token: 16_384,
  clientId: 256,
  clientSecret: 4_096,
  method: 32,
  path: 8_192,
  apiId: 64,
  ip: 64,
}
const PERMISSIONS_MAX = 64

/** Validates by hand, for speed. A test checks that the rules equal those of the contract's schema. */
function readVerifyRequest(body: Record<string, unknown>): VerifyRequest {
  const problems: FieldProblem[] = []
  for (const [name, value] of Object.entries(body)) {
    const problem = name === 'permissions' ? permissionsProblem(value) : stringProblem(name, value)
    if (problem !== undefined) problems.push(problem)
  }
  if (problems.length > 0) throw new AppError('invalid_request', { fields: problems })
  return body
}

function stringProblem(name: string, value: unknown): FieldProblem | undefined {
  // The object also has inherited members, such as toString.
  const max = Object.hasOwn(lengthLimits, name) ? lengthLimits[name] : undefined
  if (max === undefined) return { pointer: '', code: 'unknown_field', detail: 'Unknown field' }
  if (typeof value === 'string' && value.length <= max && (name !== 'ip' || isIP(value) !== 0))
    return undefined
  if (name === 'ip')
    return { pointer: '/ip', code: 'invalid', detail: 'Must be an IPv4 or IPv6 address' }
  return {
    pointer: `/${name}`,
    code: 'invalid',
    detail: `Must be a string of at most ${max} characters`,
  }
}

const PERMISSION = /^[A-Z][A-Z0-9_]{0,126}[A-Z0-9]$/

function permissionsProblem(value: unknown): FieldProblem | undefined {
  const isValid =
    Array.isArray(value) &&
    value.length <= PERMISSIONS_MAX &&
    value.every((name) => typeof name === 'string' && PERMISSION.test(name))
  return isValid
    ? undefined
    : {
        pointer: '/permissions',
        code: 'invalid',
        detail: 'Must be a list of at most 64 permission names',
      }
}
