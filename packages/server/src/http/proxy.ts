import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import { notFound } from '../kernel/authorize.ts'
import type { Log } from '../platform/log.ts'
import { type ProxyDeps, type ProxyRequest, proxyCall } from '../stored/calls/index.ts'
import type { Authenticate } from './authenticate.ts'
import { sendProblem } from './errors.ts'
import { type CountUse, type Principal, permit } from './permit.ts'
import { prepareProxied } from './proxy-response.ts'
import { FLOWING } from './slow-bodies.ts'

/** What the route needs. */
export type ProxyRouteDeps = ProxyDeps & {
  readonly authenticate: Authenticate
  readonly countUse: CountUse
  readonly publicUrl: string
  readonly log: Log
}

const ROUTE = '/proxy'
const ACCESS = ['CALL_WRITE'] as const
// An import would look at everything that the module has, and so load Node's own fetch: 10 MiB, a quarter of the start.
const { METHODS } = process.getBuiltinModule('node:http')
const METHODS_REFUSED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/**
 * What the router sees of an address: of what lies behind `/proxy/` nothing, because it is the other side's. It would
 * decode it, and refuse what is no UTF-8.
 */
export function routedUrl(url: string): string {
  return url.startsWith(`${ROUTE}/`) ? ROUTE : url
}

/**
 * Mounts `/proxy/{integration}/{path}`, for every method but CONNECT and TRACE. A call is served before a body would
 * be parsed: it passes by as it comes, whatever it says that it is.
 */
export function mountProxy(app: FastifyInstance, deps: ProxyRouteDeps): void {
  const methods = METHODS.filter((method) => !METHODS_REFUSED.has(method))
  const sendProxied = prepareProxied(deps)
  void app.register(async (scope) => {
    for (const method of methods)
      if (!scope.supportedMethods.includes(method)) scope.addHttpMethod(method)
    scope.route({
      method: methods,
      url: ROUTE,
      // As long as it likes: nothing of it is kept.
      bodyLimit: FLOWING,
      onRequest: (request, reply) => void serve(deps, { request, reply }, sendProxied),
      handler: async () => {
        throw new TypeError('A call is served before its body is parsed.')
      },
    })
  })
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply }

async function serve(
  deps: ProxyRouteDeps,
  { request, reply }: Exchange,
  sendProxied: ReturnType<typeof prepareProxied>,
): Promise<void> {
  const hangUp = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) hangUp.abort()
  })
  try {
    const principal = await authenticate(deps, request)
    permit(principal, { access: ACCESS, request, countUse: deps.countUse })
    const answer = await proxyCall(deps, readRequest(request, principal, hangUp.signal))
    sendProxied(reply, answer)
  } catch (error) {
    if (!reply.raw.destroyed) sendProblem(reply, error, deps.log)
  }
}

/**
 * Only who says so in a header comes through: a session's cookie is sent by a browser of its own accord, and what
 * other people's servers answer is not to be opened by a page of whoever is signed in to the console.
 */
function authenticate(deps: ProxyRouteDeps, request: FastifyRequest) {
  if (request.headers.authorization !== undefined) return deps.authenticate(request)
  throw new AppError('unauthenticated', {
    detail: 'Send a credential or an access token in Authorization: a session is not enough here.',
  })
}

const ADDRESS = /^\/proxy\/([^/?]+)(.*)$/s

function readRequest(
  request: FastifyRequest,
  { actor, operator }: Principal,
  signal: AbortSignal,
): ProxyRequest {
  const { raw, originalUrl } = request
  const [, integrationId, asked] = ADDRESS.exec(originalUrl) ?? []
  if (integrationId === undefined || asked === undefined) throw notFound()
  const { 'content-length': length, 'transfer-encoding': coding, upgrade } = raw.headers
  // RFC 9110 §7.8: an offer of HTTP/2 may be passed over, as some clients of Java expect.
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c') throw noSwitch()
  const contentLength = length === undefined ? undefined : Number(length)
  const organization = raw.headers['keyporter-organization']
  return {
    integrationId,
    organizationId: organization === undefined ? undefined : String(organization),
    actor,
    operator,
    method: request.method,
    asked,
    headers: readHeaders(raw.rawHeaders),
    body: coding === undefined && (contentLength ?? 0) === 0 ? null : raw,
    contentLength,
    signal,
  }
}

function readHeaders(rawHeaders: readonly string[]) {
  const headers: { readonly name: string; readonly value: string }[] = []
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.push({ name: rawHeaders[index] ?? '', value: rawHeaders[index + 1] ?? '' })
  return headers
}

function noSwitch(): AppError {
  return new AppError('invalid_request', {
    detail: 'A call cannot switch to another protocol.',
  })
}
