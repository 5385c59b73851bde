import { createHash } from 'node:crypto'
import { isRepeatable, isSecret, type Route } from '@keyporter/contract'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import { AppError } from '../kernel/app-error.ts'
import type { Actor } from '../kernel/context.ts'
import type { Answered } from './dispatch.ts'
import { isRecord } from './read-input.ts'

/** Keeps what was answered under an idempotency key. Implemented by the store's side. */
export type IdempotencyRecords = {
  /** Claims a key; gives the earlier record when it was claimed before. */
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

/** One request that may be repeated. */
export type IdempotentRequest = {
  readonly route: Route
  readonly actor: Actor
  readonly request: FastifyRequest
  readonly fingerprintBody: unknown
}

/** Makes POST requests with an `Idempotency-Key` happen once (draft-ietf-httpapi-idempotency-key-header). */
export type Idempotency = {
  readonly once: (asked: IdempotentRequest, work: () => Promise<Answered>) => Promise<Answered>
}

/** The guard over its records. A secret is never kept, so a replay carries null in its place. */
export function createIdempotency(records: IdempotencyRecords): Idempotency {
  return {
    once: async (asked, work) => {
      const key = readKey(asked)
      if (key === undefined || asked.actor.id === null) return work()
      const principal = `${asked.actor.kind}:${asked.actor.id}`
      const fingerprint = fingerprintOf(asked)
      const earlier = await records.claim({ principal, key, fingerprint })
      if (earlier !== undefined) return replay(earlier, fingerprint)
      const answer = await work().catch(async (error: unknown) => {
        // A refusal may be repeated once its cause is mended.
        await records.release({ principal, key })
        throw error
      })
      const body =
        answer.body === undefined ? null : blankSecrets(asked.route.response, answer.body)
      // The work is done, whatever becomes of the note: a claim without one keeps it from being done again.
      await records.complete({ principal, key, status: answer.status, body }).catch(() => undefined)
      return answer
    },
  }
}

/** What changes nothing may happen twice, and what it answers, such as a signature, is not for keeping. */
function readKey({ route, request }: IdempotentRequest): string | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined || !isRepeatable(route)) return undefined
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw new AppError('invalid_request', {
    detail: 'Idempotency-Key: 1 to 255 visible ASCII characters.',
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
): Answered {
  if (earlier.fingerprint !== fingerprint) {
    throw new AppError('idempotency_key_reused', {
      detail: 'This Idempotency-Key belongs to another request.',
    })
  }
  if (earlier.status === null) {
    throw new AppError('idempotency_in_flight', {
      detail:
        'The first request with this Idempotency-Key has not ended, or its outcome is unknown: look before you repeat it.',
      retryAfterSeconds: 1,
    })
  }
  return { status: earlier.status, body: earlier.body ?? undefined, replayed: true }
}

/** Writes an answer for keeping: every field that the contract marks as secret becomes null. */
function blankSecrets(schema: z.ZodType, body: string): string {
  return JSON.stringify(blank(schema, JSON.parse(body)))
}

function blank(schema: z.ZodType, value: unknown): unknown {
  if (isSecret(schema)) return null
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return blank(inner(schema), value)
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((one) => blank(inner(schema), one))
  if (!(schema instanceof z.ZodObject) || !isRecord(value)) return value
  const shape: Record<string, z.ZodType> = schema.shape
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      shape[name] === undefined ? part : blank(shape[name], part),
    ]),
  )
}

function inner(schema: z.ZodOptional | z.ZodNullable | z.ZodArray): z.ZodType {
  // safe because the contract is written with classic schemas alone
  return schema.unwrap() as z.ZodType
}
