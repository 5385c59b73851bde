import { isIP } from 'node:net'
import { routes } from '@keyporter/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Verifier, VerifyRequest } from '../issued/verification/index.ts'
import { AppError, type FieldProblem } from '../kernel/app-error.ts'
import { andThen } from '../platform/and-then.ts'
import type { Log } from '../platform/log.ts'
import type { Authenticate } from './authenticate.ts'
import { sendProblem } from './errors.ts'
import { prepareWhole } from './fixed-response.ts'
import { type CountUse, permit } from './permit.ts'
import { readJsonObject } from './read-input.ts'
import { securityHeaders } from './security-headers.ts'

/** What the route needs. */
export type VerificationDeps = {
  readonly authenticate: Authenticate
  readonly verify: Verifier
  readonly countUse: CountUse
  readonly publicUrl: string
  readonly log: Log
}

const route = routes.verification.verify

/** Mounts `POST /v1/verify` as a plain handler: it is asked for every request of other people's apis. */
export function mountVerification(app: FastifyInstance, deps: VerificationDeps): void {
  const sendWhole = prepareWhole({
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
        const body = answer(deps, request)
        return sendWhole(reply, typeof body === 'string' ? body : await body)
      } catch (error) {
        return sendProblem(reply, error, deps.log)
      }
    },
  })
}

function answer(deps: VerificationDeps, request: FastifyRequest): string | Promise<string> {
  return andThen(deps.authenticate(request), (principal) => {
    const { actor, operator } = principal
    permit(principal, { access: route.access, request, countUse: deps.countUse })
    if (request.url.includes('?'))
      throw new AppError('invalid_request', { detail: 'Parameters belong into the body.' })
    const asked = readVerifyRequest(readJsonObject(request.body, route))
    return deps.verify(asked, {
      organizationId: actor.organizationId ?? '',
      operator,
      requestId: request.id,
    })
  })
}

const longest: Readonly<Record<string, number>> = {
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

/** The same rules as the contract's schema, which documents them; a test holds the two together. */
function readVerifyRequest(body: Record<string, unknown>): VerifyRequest {
  const problems: FieldProblem[] = []
  for (const [name, value] of Object.entries(body)) {
    const problem = name === 'permissions' ? permissionsProblem(value) : textProblem(name, value)
    if (problem !== undefined) problems.push(problem)
  }
  if (problems.length > 0) throw new AppError('invalid_request', { fields: problems })
  return body
}

function textProblem(name: string, value: unknown): FieldProblem | undefined {
  const max = longest[name]
  if (max === undefined)
    return { pointer: '', code: 'unknown_field', detail: 'A field that this route does not know' }
  if (typeof value === 'string' && value.length <= max && (name !== 'ip' || isIP(value) !== 0))
    return undefined
  if (name === 'ip') return { pointer: '/ip', code: 'invalid', detail: 'An IPv4 or IPv6 address' }
  return { pointer: `/${name}`, code: 'invalid', detail: `A text of at most ${max} characters` }
}

const PERMISSION = /^[A-Z][A-Z0-9_]{0,126}[A-Z0-9]$/

function permissionsProblem(value: unknown): FieldProblem | undefined {
  const good =
    Array.isArray(value) &&
    value.length <= PERMISSIONS_MAX &&
    value.every((name) => typeof name === 'string' && PERMISSION.test(name))
  return good
    ? undefined
    : { pointer: '/permissions', code: 'invalid', detail: 'At most 64 permission names' }
}
