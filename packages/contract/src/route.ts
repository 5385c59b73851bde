import type * as z from 'zod'
import type { ErrorCode } from './errors.ts'
import type { AuditAction } from './event-types.ts'
import type { ManagementPermission } from './permissions.ts'

/**
 * A feature that the operator enables per organization. Routes of a disabled feature return 404.
 * `issued`: issued credentials. `stored`: stored credentials. `webhooks`: webhooks.
 */
export type Feature = 'issued' | 'stored' | 'webhooks'

/**
 * The callers of a route. `public`: anyone. `authenticated`: every authenticated caller. A list: callers
 * with all of these permissions of the built-in API.
 */
export type Access =
  | 'public'
  | 'authenticated'
  | readonly [ManagementPermission, ...ManagementPermission[]]

type ObjectSchema = z.ZodObject

/** One route of the management API: the source for server, OpenAPI document, SDK and CLI. */
export type Route = {
  /** The OpenAPI operationId: camelCase and stable. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with `:name` placeholders. */
  readonly path: string
  readonly tag: string
  /** One sentence in the imperative, for the OpenAPI document. */
  readonly summary: string
  readonly access: Access
  readonly feature?: Feature
  /** The audit action of a success, one of several actions, or the reason for recording none. */
  readonly audit: AuditAction | readonly [AuditAction, ...AuditAction[]] | { readonly none: string }
  readonly params?: ObjectSchema
  readonly query?: ObjectSchema
  readonly body?: ObjectSchema
  /** Maximum body size in bytes. Default: 64 KiB. */
  readonly bodyBytesMax?: number
  readonly status: 200 | 201 | 204
  /** The status of a PUT that creates the resource, in place of `status`. */
  readonly createdStatus?: 201
  readonly response: z.ZodType
  /** Media types of the response other than JSON, selected by `Accept`. */
  readonly alsoProduces?: readonly string[]
  /** Error codes of this route, in addition to the shared ones. */
  readonly errors: readonly ErrorCode[]
  /**
   * False if the route does not have the common parameter `organizationId`, with which the operator acts
   * in another organization. Default: true.
   */
  readonly organization?: false
}

/** Returns the route unchanged, with its literal types. */
export function defineRoute<const R extends Route>(route: R): R {
  return route
}

/** Whether a route accepts an `Idempotency-Key`: every authenticated POST with an audit action. */
export function acceptsIdempotencyKey({ method, access, audit }: Route): boolean {
  return method === 'POST' && access !== 'public' && !(typeof audit === 'object' && 'none' in audit)
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : Record<never, never>

/** The parsed request that a route handler receives. */
export type Input<R extends Route> = {
  readonly params: Parsed<R['params']>
  readonly query: Parsed<R['query']>
  readonly body: Parsed<R['body']>
  /** The version from `If-Match`. */
  readonly ifVersion?: number | undefined
  /** The media type from `Accept`. Absent for JSON. */
  readonly mediaType?: string | undefined
}

/** The result of a route handler, before the response schema strips undeclared fields. */
export type Output<R extends Route> = z.input<R['response']>

type Sent<S> = S extends z.ZodType ? Named<z.input<S>> : Record<never, never>

// The type of an empty strict object has an index signature, which would hide the other arguments.
type Named<T> = string extends keyof T ? Record<never, never> : T

/** The arguments of a client call: path, query and body parameters in one flat object. */
export type Arguments<R extends Route> = Sent<R['params']> & Sent<R['query']> & Sent<R['body']>

/** The response body of a route. */
export type ResponseBody<R extends Route> = z.output<R['response']>
