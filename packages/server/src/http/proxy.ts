import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import { notFound } from '../kernel/authorize.ts'
import { authorizeRequest } from '../kernel/authorize-request.ts'
import type { Principal } from '../kernel/context.ts'
import type { RecordUse } from '../kernel/record-use.ts'
import type { Log } from '../platform/log.ts'
import { type ProxyDeps, type ProxyRequest, proxyCall } from '../stored/calls/index.ts'
import type { AuthenticateCaller } from './authenticate-caller.ts'
import { sendProblem } from './errors.ts'
import { prepareProxyResponse } from './proxy-response.ts'
import { STREAMED_BODY_LIMIT } from './slow-bodies.ts'

/** Dependencies of {@link mountProxy}. */
export type ProxyRouteDeps = ProxyDeps & {
  readonly authenticate: AuthenticateCaller
  readonly recordUse: RecordUse
  readonly publicUrl: string
  readonly log: Log
}

const ROUTE = '/proxy'
const ACCESS = ['CALL_WRITE'] as const
// An ESM import of node:http reads all its exports, which loads Node's fetch: 10 MiB and a quarter of the start time.
const { METHODS } = process.getBuiltinModule('node:http')
const METHODS_REJECTED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/**
 * Returns the URL for the router. The path after `/proxy/` belongs to the upstream and is removed: the router would
 * decode it, and reject invalid UTF-8.
 */
export function routedUrl(url: string): string {
  return url.startsWith(`${ROUTE}/`) ? ROUTE : url
}

/**
 * Mounts `/proxy/{integration}/{path}` for every method except CONNECT and TRACE. Calls are handled in `onRequest`,
 * before body parsing, so that bodies of every media type are streamed unchanged.
 */
export function mountProxy(app: FastifyInstance, deps: ProxyRouteDeps): void {
  const methods = METHODS.filter((method) => !METHODS_REJECTED.has(method))
  const sendProxyResponse = prepareProxyResponse(deps)
  void app.register(async (scope) => {
    for (const method of methods)
      if (!scope.supportedMethods.includes(method)) scope.addHttpMethod(method)
    scope.route({
      method: methods,
      url: ROUTE,
      bodyLimit: STREAMED_BODY_LIMIT,
      onRequest: (request, reply) => void serve(deps, { request, reply }, sendProxyResponse),
      handler: async () => {
        throw new TypeError('onRequest handles proxy calls.')
      },
    })
  })
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply }

async function serve(
  deps: ProxyRouteDeps,
  { request, reply }: Exchange,
  sendProxyResponse: ReturnType<typeof prepareProxyResponse>,
): Promise<void> {
  const disconnect = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) disconnect.abort()
  })
  try {
    const principal = await authenticate(deps, request)
    authorizeRequest(principal, { access: ACCESS, ip: request.ip, recordUse: deps.recordUse })
    sendProxyResponse(
      reply,
      await proxyCall(deps, readRequest(request, principal, disconnect.signal)),
    )
  } catch (error) {
    if (!reply.raw.destroyed) sendProblem(reply, error, deps.log)
  }
}

/**
 * Requires an `Authorization` header. Browsers send session cookies automatically, so a web page could otherwise
 * make proxy calls as a member who is signed in to the console.
 */
function authenticate(deps: ProxyRouteDeps, request: FastifyRequest) {
  if (request.headers.authorization !== undefined) return deps.authenticate(request)
  throw new AppError('unauthenticated', {
    detail:
      'Sessions cannot make proxy calls. Send a credential or an access token in Authorization.',
  })
}

const TARGET = /^\/proxy\/([^/?]+)(.*)$/s

function readRequest(
  request: FastifyRequest,
  { actor, operator }: Principal,
  signal: AbortSignal,
): ProxyRequest {
  const { raw, originalUrl } = request
  const [, integrationId, pathAndQuery] = TARGET.exec(originalUrl) ?? []
  if (integrationId === undefined || pathAndQuery === undefined) throw notFound()
  const { 'content-length': length, 'transfer-encoding': encoding, upgrade } = raw.headers
  // RFC 9110 §7.8: a server may ignore an upgrade to HTTP/2. Java's HttpClient sends one by default.
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c') throw upgradeProblem()
  const contentLength = length === undefined ? undefined : Number(length)
  const organization = raw.headers['keyporter-organization']
  return {
    integrationId,
    organizationId: organization === undefined ? undefined : String(organization),
    actor,
    operator,
    method: request.method,
    pathAndQuery,
    headers: readHeaders(raw.rawHeaders),
    body: encoding === undefined && (contentLength ?? 0) === 0 ? null : raw,
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

function upgradeProblem(): AppError {
  return new AppError('invalid_request', {
    detail: 'Protocol upgrades are not supported. Send the call without the Upgrade header.',
  })
}
