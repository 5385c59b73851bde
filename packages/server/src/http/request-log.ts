import { type ErrorCodeRecord, errorCodes } from '@keyporter/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AppError } from '../kernel/app-error.ts'
import type { Log } from '../platform/log.ts'

/** The part of a request's log line that only the handler knows. */
type Outcome = {
  /** The id of the authenticated caller. */
  readonly actor?: string
  /** The error code of the response: of the contract, or of OAuth. */
  readonly code?: string
}

const outcomes = new WeakMap<FastifyRequest, Outcome>()

/** Adds the caller or the error code to the log line of a request. */
export function recordOutcome(request: FastifyRequest, outcome: Outcome): void {
  outcomes.set(request, { ...outcomes.get(request), ...outcome })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The start of the request, by the monotonic clock. */
    startedMs: number
  }
}

/**
 * Whether a request is logged at level `info`: every request that is rejected or fails, and every request of the
 * management API. Other successful requests (tokens, verification, proxy, static files, health) are logged only at
 * level `debug`.
 */
export function isLoggedAtInfo(request: FastifyRequest, reply: FastifyReply): boolean {
  return reply.statusCode >= 400 || isManagement(request.routeOptions.url)
}

/** Writes the only line of one request. */
export function logRequest(request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const { url: route } = request.routeOptions
  const status = reply.statusCode
  const write = isLoggedAtInfo(request, reply) ? log.info : log.debug
  write('request', {
    requestId: request.id,
    traceId: readTraceId(request.headers['traceparent']),
    method: request.method,
    route,
    status,
    milliseconds: Math.round((performance.now() - request.startedMs) * 100) / 100,
    ...outcomes.get(request),
  })
}

function isManagement(route: string | undefined): boolean {
  return route !== undefined && route.startsWith('/v1/') && route !== '/v1/verify'
}

/** Returns the trace id of a W3C Trace Context `traceparent` header (section 3.2). */
function readTraceId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string'
    ? /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(header)?.[1]
    : undefined
}

/**
 * Adds the code of an error to the log line of the request. Also logs the cause of a server error, except upstream
 * failures and errors caused by a client that disconnected.
 */
export function recordError(error: AppError, request: FastifyRequest, log: Log): void {
  recordOutcome(request, { code: error.code })
  const { status }: ErrorCodeRecord = errorCodes[error.code]
  if (status < 500 || error.code.startsWith('upstream_')) return
  if (request.raw.destroyed && !request.raw.complete) return
  log.fault(error, { requestId: request.id, route: request.routeOptions.url })
}
