import { type ErrorCode, type ErrorCodeRecord, errorCodes } from '@keyporter/contract'
import { formatChallenge } from '@keyporter/protocol'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../platform/log.ts'
import { classifyStoreError } from '../store/faults.ts'
import { recordError } from './request-log.ts'

/** Maps error codes of Fastify to error codes of the contract. */
const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
  FST_ERR_NOT_FOUND: 'not_found',
}

const UNAVAILABLE_RETRY_SECONDS = 2

/** Converts a thrown value to an {@link AppError}. An unknown error becomes `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const fault = classifyStoreError(error)
  if (fault === 'unavailable') {
    return new AppError('unavailable', {
      cause: error,
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
    })
  }
  if (fault === 'unique_violation') return new AppError('already_exists', { cause: error })
  const code = fault === undefined ? frameworkCode(error) : undefined
  return new AppError(code ?? 'internal', { cause: error })
}

function frameworkCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  // safe because a missing name gives undefined
  return frameworkCodes[(error as FastifyError).code]
}

/** Sends an RFC 9457 problem document, and logs server errors. */
export function sendProblem(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const problem = toAppError(error)
  const status = statusOf(problem)
  recordError(problem, reply.request, log)
  setErrorHeaders(reply, problem)
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemBody(problem, reply.request)))
}

function statusOf({ code, options }: AppError): number {
  const { status, fieldStatus }: ErrorCodeRecord = errorCodes[code]
  return options.fields === undefined ? status : (fieldStatus ?? status)
}

function problemBody(error: AppError, request: FastifyRequest): object {
  const { title } = errorCodes[error.code]
  const status = statusOf(error)
  const { detail, fields, requiredPermissions, retryAfterSeconds } = error.options
  return {
    type: `urn:keyporter:error:${error.code}`,
    title,
    status,
    detail: detail ?? `${title}.`,
    instance: request.id,
    code: error.code,
    ...(fields === undefined ? {} : { errors: fields }),
    ...(requiredPermissions === undefined ? {} : { requiredPermissions }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}

/** Sets `WWW-Authenticate` (RFC 6750 §3) and `Retry-After`. */
export function setErrorHeaders(reply: FastifyReply, { code, options }: AppError): void {
  if (code === 'unauthenticated')
    reply.header('www-authenticate', formatChallenge('Bearer', { realm: 'keyporter' }))
  if (code === 'invalid_token') {
    reply.header(
      'www-authenticate',
      formatChallenge('Bearer', { realm: 'keyporter', error: 'invalid_token' }),
    )
  }
  if (options.requiredPermissions !== undefined && code === 'insufficient_permissions') {
    const scope = options.requiredPermissions.join(' ')
    reply.header(
      'www-authenticate',
      formatChallenge('Bearer', { realm: 'keyporter', error: 'insufficient_scope', scope }),
    )
  }
  if (options.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(options.retryAfterSeconds))
}
