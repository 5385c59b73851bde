import { errorCodes } from '@keyporter/contract'
import {
  buildMetadata,
  formatChallenge,
  metadataPath,
  type OAuthFault,
  parseForm,
} from '@keyporter/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OAuthRequest, OAuthResponse } from '../issued/tokens/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../platform/log.ts'
import { toAppError } from './errors.ts'
import { prepareFixedResponse, type SendFixedResponse } from './fixed-response.ts'
import { recordError, recordOutcome } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'

/** Dependencies of {@link mountOAuth}. */
export type OAuthDeps = {
  readonly issue: (request: OAuthRequest) => Promise<OAuthResponse>
  readonly introspect: (request: OAuthRequest) => Promise<OAuthResponse>
  readonly revoke: (request: OAuthRequest) => Promise<OAuthResponse>
  readonly publicKeys: () => { readonly keys: readonly object[] }
  readonly jwksCacheSeconds: number
  readonly issuer: string
  readonly log: Log
}

const BODY_BYTES_MAX = 64 * 1024
// Constant: request headers are never reflected.
const BASIC_CHALLENGE = formatChallenge('Basic', { realm: 'keyporter', charset: 'UTF-8' })

/** Mounts the OAuth endpoints. They are hot paths: plain handlers without schema validation. */
export function mountOAuth(app: FastifyInstance, deps: OAuthDeps): void {
  const sendFixedResponse = prepareFixedResponse({
    ...securityHeaders(deps.issuer),
    ...noStoreHeaders,
  })
  const { log } = deps
  mountEndpoint(app, '/oauth/token', { serve: deps.issue, sendFixedResponse, log })
  mountEndpoint(app, '/oauth/introspect', { serve: deps.introspect, sendFixedResponse, log })
  mountEndpoint(app, '/oauth/revoke', { serve: deps.revoke, sendFixedResponse, log })
  const metadata = JSON.stringify(buildMetadata({ issuer: deps.issuer }))
  // RFC 8414 §3.1 inserts the issuer's path. The plain path is for clients that do not.
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
  readonly serve: (request: OAuthRequest) => Promise<OAuthResponse>
  readonly sendFixedResponse: SendFixedResponse
  readonly log: Log
}

function mountEndpoint(
  app: FastifyInstance,
  url: string,
  { serve, sendFixedResponse, log }: Endpoint,
): void {
  app.route({
    method: 'POST',
    url,
    bodyLimit: BODY_BYTES_MAX,
    errorHandler: (error, _request, reply) => sendOAuthError(reply, error, log),
    handler: async (request, reply) => {
      try {
        return sendResponse(reply, await serve(readRequest(request)), sendFixedResponse)
      } catch (error) {
        return sendOAuthError(reply, error, log)
      }
    },
  })
}

/** @throws {AppError} when the body is not a form, or the URL has parameters (RFC 6749 §2.3.1) */
function readRequest(request: FastifyRequest): OAuthRequest {
  if (request.url.includes('?')) {
    throw new AppError('invalid_request', {
      detail: 'Send the parameters in the request body, not in the URL.',
    })
  }
  if (typeof request.body !== 'string') {
    throw new AppError('invalid_request', {
      detail: 'The body is missing or not a form. Send it as application/x-www-form-urlencoded.',
    })
  }
  const parsed = parseForm(request.body)
  if (!parsed.ok)
    throw new AppError('invalid_request', {
      detail: 'The form is malformed or has too many parameters.',
    })
  return {
    authorization: request.headers.authorization,
    form: parsed.form,
    source: { ip: request.ip, requestId: request.id },
  }
}

/** RFC 6749 §5.1: token responses must not be cached. */
const noStoreHeaders = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
}

function sendResponse(
  reply: FastifyReply,
  response: OAuthResponse,
  sendFixedResponse: SendFixedResponse,
): FastifyReply {
  switch (response.kind) {
    case 'json':
      return sendFixedResponse(reply, response.body)
    case 'empty':
      return reply.header('cache-control', 'no-store').header('pragma', 'no-cache').code(200).send()
    case 'fault':
      recordOutcome(reply.request, { code: response.fault.error })
      return sendFault(reply, response.fault)
    case 'blocked':
      recordOutcome(reply.request, { code: TOO_MANY_ATTEMPTS.error })
      reply.header('retry-after', String(response.retryAfterSeconds))
      return sendFault(reply, TOO_MANY_ATTEMPTS)
  }
}

type Fault = { readonly error: string; readonly status: number; readonly description: string }

const TOO_MANY_ATTEMPTS: Fault = {
  error: 'temporarily_unavailable',
  status: 429,
  description: 'Too many failed attempts. Retry after the time in Retry-After.',
}

function sendFault(
  reply: FastifyReply,
  { error, status, description }: OAuthFault | Fault,
): FastifyReply {
  if (status === 401) reply.header('www-authenticate', BASIC_CHALLENGE)
  return reply
    .headers(noStoreHeaders)
    .code(status)
    .send(JSON.stringify({ error, error_description: description }))
}

/** Sends an error as an OAuth error response (RFC 6749 §5.2). */
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
