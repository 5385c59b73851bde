import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../kernel/context.ts'
import { anonymous } from '../kernel/context.ts'
import type { Dispatch, RouteResult } from '../kernel/dispatch.ts'
import type { Reply, RouteHandler } from '../kernel/route-handler.ts'
import type { Log } from '../platform/log.ts'
import type { AuthenticateCaller } from './authenticate-caller.ts'
import { readMediaType } from './content-negotiation.ts'
import { sendProblem } from './errors.ts'
import type { Idempotency } from './idempotency.ts'
import { bodyBytes, bodyLimit, readJsonObject } from './read-body.ts'
import { recordOutcome } from './request-log.ts'
import { requireSameOrigin } from './same-origin.ts'

/** Dependencies of {@link mountRoutes}. */
export type MountDeps = {
  readonly authenticate: AuthenticateCaller
  readonly dispatch: Dispatch
  readonly idempotency: Idempotency
  readonly publicUrl: string
  readonly log: Log
}

/** Mounts the routes of the contract on HTTP. The contract's record of a route defines access, schemas and status codes. */
export function mountRoutes(
  app: FastifyInstance,
  handlers: readonly RouteHandler[],
  deps: MountDeps,
): void {
  for (const handler of handlers) {
    app.route({
      method: handler.route.method,
      url: handler.route.path,
      bodyLimit: bodyLimit(handler.route),
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        try {
          return sendResult(reply, await serve(handler, deps, request))
        } catch (error) {
          return sendProblem(reply, error, deps.log)
        }
      },
    })
  }
}

async function serve(
  handler: RouteHandler,
  deps: MountDeps,
  request: FastifyRequest,
): Promise<RouteResult> {
  const { route, takesBytes } = handler
  const principal = route.access === 'public' ? PUBLIC : await deps.authenticate(request)
  const { actor, session } = principal
  if (actor.id !== null) recordOutcome(request, { actor: actor.id })
  // Public routes include sign-in: this check prevents login CSRF.
  if (session || route.access === 'public') requireSameOrigin(request, deps.publicUrl)
  return deps.dispatch(handler, {
    principal,
    source: {
      requestId: request.id,
      ip: request.ip,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 512),
    },
    params: request.params,
    query: request.query,
    readBody: () => (takesBytes ? bodyBytes(request.body) : readJsonObject(request.body, route)),
    ifVersion: readIfMatch(request),
    chooseMediaType: () => readMediaType(route, request.headers.accept),
    once: (run) =>
      deps.idempotency.run({ route, actor, request, fingerprintBody: request.body }, run),
  })
}

const PUBLIC: Principal = { actor: anonymous, operator: false, session: false }

/** Returns the version in `If-Match` (RFC 9110 §13.1.1). An unknown entity tag becomes -1, which never matches. */
function readIfMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const version = /^"(\d{1,15})"$/.exec(header)?.[1]
  return version === undefined ? -1 : Number(version)
}

function sendResult(
  reply: FastifyReply,
  { status, body, version, replayed, extras }: RouteResult,
): FastifyReply {
  reply.code(status).header('cache-control', 'no-store')
  if (version !== undefined) reply.header('etag', `"${version}"`)
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
