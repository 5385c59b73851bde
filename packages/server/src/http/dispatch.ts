import { Readable } from 'node:stream'
import type { Access, Feature, Route } from '@keyporter/contract'
import { isId } from '@keyporter/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import { notFound } from '../kernel/authorize.ts'
import { anonymous, type Caller, type Context } from '../kernel/context.ts'
import { isReply, type Reply, type RouteHandler } from '../kernel/route-handler.ts'
import type { Log } from '../platform/log.ts'
import { readMediaType } from './accept.ts'
import type { Authenticate } from './authenticate.ts'
import { sendProblem } from './errors.ts'
import type { Idempotency } from './idempotency.ts'
import { type CountUse, type Principal, permit } from './permit.ts'
import { bodyBytes, bodyLimit, isRecord, parseParts, readJsonObject } from './read-input.ts'
import { recordOutcome } from './request-log.ts'
import { requireSameOrigin } from './same-origin.ts'

/** What mounting needs; the edge knows no SQL. */
export type MountDeps = {
  readonly authenticate: Authenticate
  readonly createContext: (caller: Caller) => Context
  /** The organization with this id, for callers of the operator; undefined when there is none. */
  readonly findFeatures: (ctx: Context) => Promise<Readonly<Record<Feature, boolean>> | undefined>
  readonly idempotency: Idempotency
  readonly countUse: CountUse
  readonly publicUrl: string
  readonly log: Log
}

/** Mounts every binding: the contract's record decides what is asked, parsed and answered. */
export function mount(
  app: FastifyInstance,
  bindings: readonly RouteHandler[],
  deps: MountDeps,
): void {
  for (const binding of bindings) {
    app.route({
      method: binding.route.method,
      url: binding.route.path,
      bodyLimit: bodyLimit(binding.route),
      exposeHeadRoute: false,
      handler: (request, reply) => handle(binding, deps, { request, reply }),
    })
  }
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply }

async function handle(
  binding: RouteHandler,
  deps: MountDeps,
  { request, reply }: Exchange,
): Promise<FastifyReply> {
  try {
    const { route } = binding
    const principal = await identify(route.access, deps, request)
    const { actor } = principal
    if (actor.id !== null) recordOutcome(request, { actor: actor.id })
    // Signing in too: no other page signs a visitor in as somebody of its choice.
    if (principal.session || route.access === 'public') requireSameOrigin(request, deps.publicUrl)
    permit(principal, { access: route.access, request, countUse: deps.countUse })
    const body = binding.raw ? {} : readJsonObject(request.body, route)
    const raw = splitOrganization(route, { query: request.query, body })
    const ctx = await contextFor(route, deps, {
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
    const answer = await deps.idempotency.once(
      { route, actor, request, fingerprintBody: request.body },
      async () => present(route, await binding.run(ctx, input)),
    )
    return sendAnswer(reply, answer)
  } catch (error) {
    return sendProblem(reply, error, deps.log)
  }
}

/** A raw body is the verb's own to parse; query and parameters are judged like everybody's. */
function withoutBody({ body: _body, ...route }: Route): Route {
  return route
}

async function identify(
  access: Access,
  deps: MountDeps,
  request: FastifyRequest,
): Promise<Principal> {
  if (access === 'public') return { actor: anonymous, operator: false, session: false }
  return deps.authenticate(request)
}

type Split = {
  readonly query: unknown
  readonly body: unknown
  readonly organizationId: string | undefined
}

/** Takes `organizationId` out of query and body, where a route acts within an organization. */
function splitOrganization(
  route: Route,
  raw: { query: unknown; body: Record<string, unknown> },
): Split {
  const query = isRecord(raw.query) ? raw.query : {}
  if (route.organization === false) return { query, body: raw.body, organizationId: undefined }
  const { organizationId: inQuery, ...restQuery } = query
  const { organizationId: inBody, ...restBody } = raw.body
  const named = inQuery ?? inBody
  if (named !== undefined && typeof named !== 'string') throw organizationProblem('Not an id')
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    throw organizationProblem('Query and body name different organizations')
  }
  return { query: restQuery, body: restBody, organizationId: named }
}

function organizationProblem(detail: string): AppError {
  return new AppError('invalid_request', {
    detail: `organizationId: ${detail}.`,
    fields: [{ pointer: '/organizationId', code: 'invalid', detail }],
  })
}

/** The context of the request; an operator's caller with ORGANIZATION_WRITE may act for another organization. */
async function contextFor(
  route: Route,
  deps: MountDeps,
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
  // What has not even the form of an id exists as little as one that never was.
  const may =
    isId('org', organizationId) &&
    principal.operator &&
    principal.actor.permissions.has('ORGANIZATION_WRITE')
  if (!may || (await deps.findFeatures(ctx)) === undefined) throw notFound()
  return ctx
}

async function requireFeature(deps: MountDeps, ctx: Context, feature: Feature): Promise<void> {
  const features = await deps.findFeatures(ctx)
  if (features?.[feature] !== true) throw notFound()
}

/** RFC 9110 §13.1.1. An entity tag that we never wrote cannot match. */
function readIfMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const version = /^"(\d{1,15})"$/.exec(header)?.[1]
  return version === undefined ? -1 : Number(version)
}

/** What goes out, ready to be sent or remembered. */
export type Answered = {
  readonly status: number
  readonly body: string | undefined
  readonly etag?: string | undefined
  readonly replayed?: true
  readonly beside?: Pick<Reply<unknown>, 'cookies' | 'stream'>
}

/** Parses the result by the response schema: what is not declared does not leave. */
function present(route: Route, result: unknown): Answered {
  const beside = isReply(result) ? result : undefined
  const output = isReply(result) ? result.output : result
  if (beside?.stream !== undefined) return { status: route.status, body: undefined, beside }
  const body = route.status === 204 ? undefined : JSON.stringify(route.response.parse(output))
  const version = isRecord(output) ? output['version'] : undefined
  return {
    status: beside?.created === true ? (route.createdStatus ?? route.status) : route.status,
    body,
    etag: typeof version === 'number' ? `"${version}"` : undefined,
    ...(beside === undefined ? {} : { beside }),
  }
}

function sendAnswer(
  reply: FastifyReply,
  { status, body, etag, replayed, beside }: Answered,
): FastifyReply {
  reply.code(status).header('cache-control', 'no-store')
  if (etag !== undefined) reply.header('etag', etag)
  if (replayed === true) reply.header('idempotent-replayed', 'true')
  for (const cookie of beside?.cookies ?? []) reply.header('set-cookie', cookie)
  if (beside?.stream !== undefined) return sendStream(reply, beside.stream)
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
