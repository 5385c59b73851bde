import { Readable } from 'node:stream'
import type { Access, Feature, Route } from '@keyporter/contract'
import { isId } from '@keyporter/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import { notFound } from '../kernel/authorize.ts'
import { anonymous, type Caller, type Context } from '../kernel/context.ts'
import { isReply, type Reply, type RouteHandler } from '../kernel/route-handler.ts'
import type { Log } from '../platform/log.ts'
import type { Authenticate } from './authenticate.ts'
import { authorizeRequest, type Principal, type RecordUse } from './authorize-request.ts'
import { readMediaType } from './content-negotiation.ts'
import { sendProblem } from './errors.ts'
import type { Idempotency } from './idempotency.ts'
import { bodyBytes, bodyLimit, isRecord, parseParts, readJsonObject } from './read-input.ts'
import { recordOutcome } from './request-log.ts'
import { requireSameOrigin } from './same-origin.ts'

/** Dependencies of {@link mountRoutes}. */
export type DispatchDeps = {
  readonly authenticate: Authenticate
  readonly createContext: (caller: Caller) => Context
  /** Returns the features of the context's organization; undefined when it does not exist. */
  readonly findFeatures: (ctx: Context) => Promise<Readonly<Record<Feature, boolean>> | undefined>
  readonly idempotency: Idempotency
  readonly recordUse: RecordUse
  readonly publicUrl: string
  readonly log: Log
}

/** Mounts all routes. The contract's route record defines access, schemas and status codes. */
export function mountRoutes(
  app: FastifyInstance,
  bindings: readonly RouteHandler[],
  deps: DispatchDeps,
): void {
  for (const binding of bindings) {
    app.route({
      method: binding.route.method,
      url: binding.route.path,
      bodyLimit: bodyLimit(binding.route),
      exposeHeadRoute: false,
      handler: (request, reply) => dispatch(binding, deps, { request, reply }),
    })
  }
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply }

async function dispatch(
  binding: RouteHandler,
  deps: DispatchDeps,
  { request, reply }: Exchange,
): Promise<FastifyReply> {
  try {
    const { route } = binding
    const principal = await authenticate(route.access, deps, request)
    const { actor } = principal
    if (actor.id !== null) recordOutcome(request, { actor: actor.id })
    // Public routes include sign-in: this check prevents login CSRF.
    if (principal.session || route.access === 'public') requireSameOrigin(request, deps.publicUrl)
    authorizeRequest(principal, { access: route.access, request, recordUse: deps.recordUse })
    const body = binding.raw ? {} : readJsonObject(request.body, route)
    const raw = extractOrganizationId(route, { query: request.query, body })
    const ctx = await createRequestContext(route, deps, {
      request,
      principal,
      organizationId: raw.organizationId,
    })
    if (route.feature !== undefined) await requireFeature(deps, ctx, route.feature)
    const parts = parseParts(binding.raw ? withoutBody(route) : route, {
      ...raw,
      params: request.params,
    })
    const input = binding.raw
      ? { bytes: bodyBytes(request.body) }
      : {
          ...parts,
          ifVersion: readIfMatch(request),
          mediaType: readMediaType(route, request.headers.accept),
        }
    const response = await deps.idempotency.run(
      { route, actor, request, fingerprintBody: request.body },
      async () => toResponse(route, await binding.run(ctx, input)),
    )
    return sendResponse(reply, response)
  } catch (error) {
    return sendProblem(reply, error, deps.log)
  }
}

/** The handler of a raw route parses the body itself; query and path parameters are validated here. */
function withoutBody({ body: _body, ...route }: Route): Route {
  return route
}

async function authenticate(
  access: Access,
  deps: DispatchDeps,
  request: FastifyRequest,
): Promise<Principal> {
  if (access === 'public') return { actor: anonymous, operator: false, session: false }
  return deps.authenticate(request)
}

type WithOrganizationId = {
  readonly query: unknown
  readonly body: unknown
  readonly organizationId: string | undefined
}

/** Extracts `organizationId` from query or body, unless the route is not scoped to an organization. */
function extractOrganizationId(
  route: Route,
  raw: { query: unknown; body: Record<string, unknown> },
): WithOrganizationId {
  const query = isRecord(raw.query) ? raw.query : {}
  if (route.organization === false) return { query, body: raw.body, organizationId: undefined }
  const { organizationId: inQuery, ...restQuery } = query
  const { organizationId: inBody, ...restBody } = raw.body
  const named = inQuery ?? inBody
  if (named !== undefined && typeof named !== 'string')
    throw organizationProblem('Must be a string')
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    throw organizationProblem('Different in query and body')
  }
  return { query: restQuery, body: restBody, organizationId: named }
}

function organizationProblem(detail: string): AppError {
  return new AppError('invalid_request', {
    detail: `organizationId: ${detail}.`,
    fields: [{ pointer: '/organizationId', code: 'invalid', detail }],
  })
}

/** Creates the request's context. The operator's callers with ORGANIZATION_WRITE can act for other organizations. */
async function createRequestContext(
  route: Route,
  deps: DispatchDeps,
  {
    request,
    principal,
    organizationId,
  }: { request: FastifyRequest; principal: Principal; organizationId: string | undefined },
): Promise<Context> {
  const own = principal.actor.organizationId ?? ''
  const caller = (acting: string): Caller => ({
    actor: principal.actor,
    organizationId: acting,
    operator: principal.operator,
    requestId: request.id,
    ip: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 512),
  })
  if (organizationId === undefined || organizationId === own || route.organization === false) {
    return deps.createContext(caller(own))
  }
  const ctx = deps.createContext(caller(organizationId))
  // A malformed id is treated like an unknown one.
  const isAllowed =
    isId('org', organizationId) &&
    principal.operator &&
    principal.actor.permissions.has('ORGANIZATION_WRITE')
  if (!isAllowed || (await deps.findFeatures(ctx)) === undefined) throw notFound()
  return ctx
}

async function requireFeature(deps: DispatchDeps, ctx: Context, feature: Feature): Promise<void> {
  const features = await deps.findFeatures(ctx)
  if (features?.[feature] !== true) throw notFound()
}

/** Returns the version in `If-Match` (RFC 9110 §13.1.1). An unknown entity tag becomes -1, which never matches. */
function readIfMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const version = /^"(\d{1,15})"$/.exec(header)?.[1]
  return version === undefined ? -1 : Number(version)
}

/** A serialized response, ready to be sent, or stored for an idempotency key. */
export type RouteResponse = {
  readonly status: number
  readonly body: string | undefined
  readonly etag?: string | undefined
  readonly replayed?: true
  /** Cookies and a stream, which are not stored. */
  readonly extras?: Pick<Reply<unknown>, 'cookies' | 'stream'>
}

/** Parses the result by the response schema, which removes undeclared fields. */
function toResponse(route: Route, result: unknown): RouteResponse {
  const extras = isReply(result) ? result : undefined
  const output = isReply(result) ? result.output : result
  if (extras?.stream !== undefined) return { status: route.status, body: undefined, extras }
  const body = route.status === 204 ? undefined : JSON.stringify(route.response.parse(output))
  const version = isRecord(output) ? output['version'] : undefined
  return {
    status: extras?.created === true ? (route.createdStatus ?? route.status) : route.status,
    body,
    etag: typeof version === 'number' ? `"${version}"` : undefined,
    ...(extras === undefined ? {} : { extras }),
  }
}

function sendResponse(
  reply: FastifyReply,
  { status, body, etag, replayed, extras }: RouteResponse,
): FastifyReply {
  reply.code(status).header('cache-control', 'no-store')
  if (etag !== undefined) reply.header('etag', etag)
  if (replayed === true) reply.header('idempotent-replayed', 'true')
  for (const cookie of extras?.cookies ?? []) reply.header('set-cookie', cookie)
  if (extras?.stream !== undefined) return sendStream(reply, extras.stream)
  return body === undefined
    ? reply.send()
    : reply.header('content-type', 'application/json; charset=utf-8').send(body)
}

function sendStream(
  reply: FastifyReply,
  stream: NonNullable<Reply<unknown>['stream']>,
): FastifyReply {
  return reply
    .header('content-type', stream.mediaType)
    .header('content-disposition', `attachment; filename="${stream.fileName}"`)
    .send(Readable.from(stream.lines))
}
