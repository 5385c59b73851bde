import type * as z from 'zod'
import type { AuditAction } from './audit-actions.ts'
import type { ErrorCode } from './errors.ts'
import type { ManagementPermission } from './permissions.ts'

/** A part of the product that is switched on per organization; what is off answers like no route. */
export type Feature = 'issued' | 'stored' | 'webhooks'

/**
 * Who may call a route: `public`, anyone; `signed_in`, every authenticated caller; else every one of
 * the named permissions of the built-in api is needed.
 */
export type Access =
  | 'public'
  | 'signed_in'
  | readonly [ManagementPermission, ...ManagementPermission[]]

type ObjectSchema = z.ZodObject

/** One route of the management API. Everything about it is stated here, and only here. */
export type Route = {
  /** Stable camelCase name: OpenAPI operationId. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with `:name` placeholders. */
  readonly path: string
  readonly tag: string
  /** One sentence. */
  readonly summary: string
  readonly access: Access
  readonly feature?: Feature
  /** The audit action that a success records; of a list, one or the other; or why it records none. */
  readonly audit: AuditAction | readonly [AuditAction, ...AuditAction[]] | { readonly none: string }
  readonly params?: ObjectSchema
  readonly query?: ObjectSchema
  readonly body?: ObjectSchema
  /** Largest accepted body in bytes; 64 KiB unless given. */
  readonly bodyBytesMax?: number
  readonly status: 200 | 201 | 204
  /** The status where the same request made something new (a PUT), in place of `status`. */
  readonly createdStatus?: 201
  readonly response: z.ZodType
  /** Media types beside JSON in which the answer can be had, chosen by `Accept`. */
  readonly alsoProduces?: readonly string[]
  /** Errors beyond those that every route can answer. */
  readonly errors: readonly ErrorCode[]
  /**
   * Whether the route acts within an organization, which an operator may name as `organizationId` in
   * query or body. True unless stated otherwise.
   */
  readonly organization?: false
}

/** Declares a route; the identity function, there for the types. */
export function defineRoute<const R extends Route>(route: R): R {
  return route
}

/** Whether a route takes an `Idempotency-Key`: a POST that changes something. */
export function isRepeatable({ method, audit }: Route): boolean {
  return method === 'POST' && !(typeof audit === 'object' && 'none' in audit)
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : Record<never, never>

/** What a verb receives: the parsed parts of a request. */
export type Input<R extends Route> = {
  readonly params: Parsed<R['params']>
  readonly query: Parsed<R['query']>
  readonly body: Parsed<R['body']>
  /** From `If-Match`: the version that the caller has seen, and does not want to overwrite unseen. */
  readonly ifVersion?: number | undefined
  /** From `Accept`: which of the route's other media types to answer in; absent for JSON. */
  readonly mediaType?: string | undefined
}

/** What a verb gives back, before the response schema strips what is not declared. */
export type Output<R extends Route> = z.input<R['response']>

type Sent<S> = S extends z.ZodType ? Named<z.input<S>> : Record<never, never>

/** A body that must be empty adds nothing, and takes nothing away from what stands beside it. */
type Named<T> = string extends keyof T ? Record<never, never> : T

/** What a caller sends: parameters, query and body in one flat object. */
export type Arguments<R extends Route> = Sent<R['params']> & Sent<R['query']> & Sent<R['body']>

/** What a caller gets. */
export type Answer<R extends Route> = z.output<R['response']>
