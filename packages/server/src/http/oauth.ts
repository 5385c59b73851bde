import { errorCodes } from '@keyporter/contract'
import {
  buildMetadata,
  formatChallenge,
  metadataPath,
  type OAuthFault,
  parseForm,
} from '@keyporter/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OAuthAnswer, OAuthRequest } from '../issued/tokens/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../platform/log.ts'
import { toAppError } from './errors.ts'
import { prepareWhole, type SendWhole } from './fixed-response.ts'
import { recordError, recordOutcome } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'

/** What the OAuth endpoints need: the token service and the published keys. */
export type OAuthDeps = {
  readonly issue: (request: OAuthRequest) => Promise<OAuthAnswer>
  readonly introspect: (request: OAuthRequest) => Promise<OAuthAnswer>
  readonly revoke: (request: OAuthRequest) => Promise<OAuthAnswer>
  readonly publicKeys: () => { readonly keys: readonly object[] }
  readonly jwksCacheSeconds: number
  readonly issuer: string
  readonly log: Log
}

const BODY_BYTES_MAX = 64 * 1024
// A constant: no header of the request is ever reflected (T30).
const BASIC_CHALLENGE = formatChallenge('Basic', { realm: 'keyporter', charset: 'UTF-8' })

/** Mounts the OAuth endpoints: plain handlers, no schema library, answers by template. */
export function mountOAuth(app: FastifyInstance, deps: OAuthDeps): void {
  const sendWhole = prepareWhole({ ...securityHeaders(deps.issuer), ...uncached })
  const { log } = deps
  endpoint(app, '/oauth/token', { serve: deps.issue, sendWhole, log })
  endpoint(app, '/oauth/introspect', { serve: deps.introspect, sendWhole, log })
  endpoint(app, '/oauth/revoke', { serve: deps.revoke, sendWhole, log })
  const metadata = JSON.stringify(buildMetadata({ issuer: deps.issuer }))
  // RFC 8414 §3.1 inserts the issuer's path; the bare place serves those who forget to.
  for (const url of new Set([
    '/.well-known/oauth-authorization-server',
    metadataPath(deps.issuer),
  ])) {
    app.get(url, (_request, reply) =>
      reply
        .header('content-type', 'application/json')
        .header('cache-control', 'public, max-age=300')
        .send(metadata),
    )
  }
  app.get('/.well-known/jwks.json', (_request, reply) =>
    reply
      .header('content-type', 'application/jwk-set+json')
      .header('cache-control', `public, max-age=${deps.jwksCacheSeconds}`)
      .send(JSON.stringify(deps.publicKeys())),
  )
}

type Endpoint = {
  readonly serve: (request: OAuthRequest) => Promise<OAuthAnswer>
  readonly sendWhole: SendWhole
  readonly log: Log
}

function endpoint(app: FastifyInstance, url: string, { serve, sendWhole, log }: Endpoint): void {
  app.route({
    method: 'POST',
    url,
    bodyLimit: BODY_BYTES_MAX,
    errorHandler: (error, _request, reply) => sendOAuthError(reply, error, log),
    handler: async (request, reply) => {
      try {
        return sendAnswer(reply, await serve(readRequest(request)), sendWhole)
      } catch (error) {
        return sendOAuthError(reply, error, log)
      }
    },
  })
}

/** @throws {AppError} when the body is not a form, or parameters stand in the address (RFC 6749 §2.3.1, T20) */
function readRequest(request: FastifyRequest): OAuthRequest {
  if (request.url.includes('?')) {
    throw new AppError('invalid_request', { detail: 'Parameters belong into the body.' })
  }
  if (typeof request.body !== 'string') {
    throw new AppError('invalid_request', {
      detail: 'The body must be application/x-www-form-urlencoded.',
    })
  }
  const parsed = parseForm(request.body)
  if (!parsed.ok)
    throw new AppError('invalid_request', { detail: 'The body is not a well-formed form.' })
  return {
    authorization: request.headers.authorization,
    form: parsed.form,
    origin: { ip: request.ip, requestId: request.id },
  }
}

/** Every answer, good or bad: JSON, and never kept by anyone (RFC 6749 §5.1). */
const uncached = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
}

function sendAnswer(reply: FastifyReply, answer: OAuthAnswer, sendWhole: SendWhole): FastifyReply {
  switch (answer.kind) {
    case 'json':
      return sendWhole(reply, answer.body)
    case 'empty':
      return reply.header('cache-control', 'no-store').header('pragma', 'no-cache').code(200).send()
    case 'fault':
      recordOutcome(reply.request, { code: answer.fault.error })
      return sendFault(reply, answer.fault)
    case 'blocked':
      recordOutcome(reply.request, { code: BLOCKED.error })
      reply.header('retry-after', String(answer.retryAfterSeconds))
      return sendFault(reply, BLOCKED)
  }
}

type Fault = { readonly error: string; readonly status: number; readonly description: string }

const BLOCKED: Fault = {
  error: 'temporarily_unavailable',
  status: 429,
  description: 'Too many failed attempts.',
}

function sendFault(
  reply: FastifyReply,
  { error, status, description }: OAuthFault | Fault,
): FastifyReply {
  if (status === 401) reply.header('www-authenticate', BASIC_CHALLENGE)
  return reply
    .headers(uncached)
    .code(status)
    .send(JSON.stringify({ error, error_description: description }))
}

/** The same errors as everywhere, in the words of RFC 6749 §5.2. */
export function sendOAuthError(reply: FastifyReply, thrown: unknown, log: Log): FastifyReply {
  const error = toAppError(thrown)
  const { status, oauthError, title } = errorCodes[error.code]
  recordError(error, reply.request, log)
  const { retryAfterSeconds } = error.options
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds))
  return sendFault(reply, {
    error: oauthError ?? 'invalid_request',
    status,
    description: status >= 500 ? title : error.message,
  })
}
