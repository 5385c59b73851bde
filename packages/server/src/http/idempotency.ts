import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { acceptsIdempotencyKey, type Route, redactSecrets } from '@keyporter/contract'
import { encodeHex } from '@keyporter/protocol'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import type { Actor, IdempotencyClaim } from '../kernel/context.ts'
import type { RouteResult } from '../kernel/dispatch.ts'
import type { Random } from '../platform/random.ts'

type IdempotencyRecord = {
  readonly fingerprint: string
  readonly status: number | null
  readonly body: string | null
  readonly targetId: string | null
}

/** Stores responses by idempotency key. */
export type IdempotencyRecords = {
  /** Claims a key. Returns the existing record if the key is already claimed. */
  readonly claim: (
    claim: IdempotencyClaim & { readonly fingerprint: string },
  ) => Promise<IdempotencyRecord | undefined>
  readonly complete: (
    done: IdempotencyClaim & { readonly status: number; readonly body: string | null },
  ) => Promise<void>
  readonly release: (claim: IdempotencyClaim) => Promise<void>
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
    work: (claim: IdempotencyClaim | undefined) => Promise<RouteResult>,
  ) => Promise<RouteResult>
}

const CLAIMANT_BYTES = 16
const RELEASE_ATTEMPTS = 30
const RELEASE_PAUSE_MS = 1_000

/** Creates the idempotency layer. Secrets are not stored: a replayed response contains null instead. */
export function createIdempotency(records: IdempotencyRecords, random: Random): Idempotency {
  return {
    run: async (request, work) => {
      const key = readKey(request)
      const { actor, route } = request
      if (key === undefined || actor.id === null) return work(undefined)
      const claimant = encodeHex(random(CLAIMANT_BYTES))
      const claim = { principal: `${actor.kind}:${actor.id}`, key, claimant }
      const fingerprint = fingerprintOf(request)
      const earlier = await records.claim({ ...claim, fingerprint }).catch((error: unknown) => {
        // The claim may be committed although the connection failed.
        void release(records, claim)
        throw error
      })
      if (earlier !== undefined) return replay(earlier, fingerprint)
      const response = await work(claim).catch(async (error: unknown) => {
        // A request that changed nothing can be repeated with the same key.
        if (!isOutcomeUnknown(error)) await release(records, claim)
        throw error
      })
      const body =
        response.body === undefined
          ? null
          : JSON.stringify(redactSecrets(route.response, JSON.parse(response.body)))
      // The work is committed: if storing the response fails, the claim still prevents a second execution.
      await records.complete({ ...claim, status: response.status, body }).catch(() => undefined)
      return response
    },
  }
}

/** Releases a claim. If the database does not respond, tries again in the background. */
async function release(records: IdempotencyRecords, claim: IdempotencyClaim): Promise<void> {
  const attempt = async (): Promise<boolean> =>
    records.release(claim).then(
      () => true,
      () => false,
    )
  if (await attempt()) return
  void (async () => {
    for (let count = 1; count < RELEASE_ATTEMPTS; count += 1) {
      await sleep(RELEASE_PAUSE_MS, undefined, { ref: false })
      if (await attempt()) return
    }
  })()
}

function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof AppError && error.code === 'outcome_unknown'
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

function replay(earlier: IdempotencyRecord, fingerprint: string): RouteResult {
  if (earlier.fingerprint !== fingerprint) {
    throw new AppError('idempotency_key_reused', {
      detail: 'This Idempotency-Key was used for a different request. Use a new key.',
    })
  }
  if (earlier.status === null) {
    throw new AppError('idempotency_in_flight', {
      detail: inFlightDetail(earlier),
      retryAfterSeconds: 1,
    })
  }
  return { status: earlier.status, body: earlier.body ?? undefined, replayed: true }
}

function inFlightDetail({ targetId }: IdempotencyRecord): string {
  return targetId === null
    ? 'The first request with this Idempotency-Key is still running, or its outcome is not known yet. Repeat the request with the same key.'
    : `The first request with this Idempotency-Key changed ${targetId === '' ? 'a resource' : targetId}, but its response is not stored yet. Repeat the request with the same key. If this error persists, the response was lost: read the resource.`
}
