import { createHash } from 'node:crypto'
import { acceptsIdempotencyKey, type Route, redactSecrets } from '@keyporter/contract'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import type { Actor } from '../kernel/context.ts'
import type { RouteResult } from '../kernel/dispatch.ts'

/** Stores responses by idempotency key. */
export type IdempotencyRecords = {
  /** Claims a key. Returns the existing record if the key is already claimed. */
  readonly claim: (claim: {
    readonly principal: string
    readonly key: string
    readonly fingerprint: string
  }) => Promise<
    | { readonly fingerprint: string; readonly status: number | null; readonly body: string | null }
    | undefined
  >
  readonly complete: (done: {
    readonly principal: string
    readonly key: string
    readonly status: number
    readonly body: string | null
  }) => Promise<void>
  readonly release: (claim: { readonly principal: string; readonly key: string }) => Promise<void>
}

/** A request that may have an idempotency key. */
export type IdempotentRequest = {
  readonly route: Route
  readonly actor: Actor
  readonly request: FastifyRequest
  readonly fingerprintBody: unknown
}

/** Executes POST requests with an `Idempotency-Key` once (draft-ietf-httpapi-idempotency-key-header). */
export type Idempotency = {
  readonly run: (
    request: IdempotentRequest,
    work: () => Promise<RouteResult>,
  ) => Promise<RouteResult>
}

/** Creates the idempotency layer. Secrets are not stored: a replayed response contains null instead. */
export function createIdempotency(records: IdempotencyRecords): Idempotency {
  return {
    run: async (request, work) => {
      const key = readKey(request)
      const { actor, route } = request
      if (key === undefined || actor.id === null) return work()
      const principal = `${actor.kind}:${actor.id}`
      const fingerprint = fingerprintOf(request)
      const earlier = await records.claim({ principal, key, fingerprint })
      if (earlier !== undefined) return replay(earlier, fingerprint)
      const response = await work().catch(async (error: unknown) => {
        // A failed request can be retried with the same key.
        await records.release({ principal, key })
        throw error
      })
      const body =
        response.body === undefined
          ? null
          : JSON.stringify(redactSecrets(route.response, JSON.parse(response.body)))
      // The work is committed: if storing the response fails, the claim still prevents a second execution.
      await records
        .complete({ principal, key, status: response.status, body })
        .catch(() => undefined)
      return response
    },
  }
}

/** Returns the key. Ignores the header on routes that do not accept one: their responses must not be stored. */
function readKey({ route, request }: IdempotentRequest): string | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined || !acceptsIdempotencyKey(route)) return undefined
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw new AppError('invalid_request', {
    detail: 'The Idempotency-Key is not valid. Use 1 to 255 visible ASCII characters.',
  })
}

function fingerprintOf({ request, fingerprintBody }: IdempotentRequest): string {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`)
  if (fingerprintBody instanceof Uint8Array) hash.update(fingerprintBody)
  return hash.digest('base64url')
}

function replay(
  earlier: {
    readonly fingerprint: string
    readonly status: number | null
    readonly body: string | null
  },
  fingerprint: string,
): RouteResult {
  if (earlier.fingerprint !== fingerprint) {
    throw new AppError('idempotency_key_reused', {
      detail: 'This Idempotency-Key was used for a different request. Use a new key.',
    })
  }
  if (earlier.status === null) {
    throw new AppError('idempotency_in_flight', {
      detail:
        'The first request with this Idempotency-Key is still running, or its outcome is unknown. Check its result before you retry.',
      retryAfterSeconds: 1,
    })
  }
  return { status: earlier.status, body: earlier.body ?? undefined, replayed: true }
}
