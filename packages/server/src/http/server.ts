import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import { notFound } from '../kernel/authorize.ts'
import type { Log } from '../platform/log.ts'
import type { SendPage } from './console.ts'
import { sendProblem } from './errors.ts'
import { sendOAuthError } from './oauth.ts'
import { routedUrl } from './proxy.ts'
import { isLoggedAtInfo, logRequest } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'
import { closeSlowBodies } from './slow-bodies.ts'

/** Options of {@link createServer}. */
export type ServerOptions = {
  readonly newRequestId: () => string
  readonly trustedProxies: readonly string[]
  readonly publicUrl: string
  readonly log: Log
  /** Sends the console's page to browsers. */
  readonly sendPage?: SendPage | undefined
}

// Node's defaults keep incomplete requests open for a minute and longer.
const HEADERS_TIMEOUT_MS = 10_000
const LARGE_BODY_TIMEOUT_MS = 30_000
const SMALL_BODY_TIMEOUT_MS = 10_000
const SMALL_BODY_BYTES_MAX = 64 * 1024
const CHECK_INTERVAL_MS = 1_000
const CONNECTIONS_MAX = 10_000
const HEADER_BYTES_MAX = 16 * 1024
const HEADERS_MAX = 100
const URL_LENGTH_MAX = 8 * 1024
const CLOSING_RETRY_SECONDS = 2

/** Creates the HTTP server without routes: limits, body parsers, request ids, headers and 404/405 responses. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { log } = options
  const common = Object.entries(securityHeaders(options.publicUrl))
  const setCommonHeaders = (request: FastifyRequest, reply: FastifyReply): void => {
    for (const [name, value] of common) if (!reply.hasHeader(name)) reply.header(name, value)
    reply.header('x-request-id', request.id)
  }
  const app = fastify({
    logger: false,
    rewriteUrl: ({ url = '' }) => routedUrl(url),
    genReqId: (raw) => acceptRequestId(raw.headers['x-request-id']) ?? options.newRequestId(),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // closeSlowBodies enforces a timeout per body.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    // rejectWhileClosing sends a problem document instead.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // The contract validates requests. Fastify's compilers (7 MiB) are never loaded.
    schemaController: {
      compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler },
    },
    routerOptions: { maxParamLength: 512, querystringParser: parseQuery },
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    // Fastify runs no hooks for a URL that it cannot parse.
    frameworkErrors: (error, request, reply) => {
      request.startedMs = performance.now()
      setCommonHeaders(request, reply)
      sendProblem(reply, error, log)
      logRequest(request, reply, log)
    },
    clientErrorHandler: rejectInvalidHttp,
  })
  app.server.maxConnections = CONNECTIONS_MAX
  // Node would silently drop headers above its limit; rejectMalformedRequest rejects the request instead.
  app.server.maxHeadersCount = 0
  closeSlowBodies(app, {
    timeoutMs: SMALL_BODY_TIMEOUT_MS,
    checkEveryMs: CHECK_INTERVAL_MS,
    smallBytesMax: SMALL_BODY_BYTES_MAX,
    largeTimeoutMs: LARGE_BODY_TIMEOUT_MS,
  })
  addParsers(app)
  addHooks(app, { log, setCommonHeaders })
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, log))
  rejectUnmatched(app, options)
  return app
}

/** Adds the hooks of every route: request id, log line, malformed requests, and shutdown. */
function addHooks(
  app: FastifyInstance,
  {
    log,
    setCommonHeaders,
  }: {
    readonly log: Log
    readonly setCommonHeaders: (request: FastifyRequest, reply: FastifyReply) => void
  },
): void {
  let closing = false
  app.decorateRequest('startedMs', 0)
  app.addHook('preClose', (done) => {
    closing = true
    done()
  })
  app.addHook('onRequest', (request, reply, done) => {
    request.startedMs = performance.now()
    const problem = rejectMalformedRequest(request)
    if (closing && problem === undefined) rejectWhileClosing(request, reply, log)
    else done(problem)
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    setCommonHeaders(request, reply)
    if (!log.isDebug && isLoggedAtInfo(request, reply)) logRequest(request, reply, log)
    done(null, payload)
  })
  // Hot paths write successful responses directly to the socket: only onResponse, which costs more, sees them.
  if (log.isDebug) {
    app.addHook('onResponse', (request, reply, done) => {
      logRequest(request, reply, log)
      done()
    })
  }
}

/**
 * Rejects requests on open connections while the server shuts down, so that clients retry on another node.
 * The error is not logged, because it is not a server error.
 */
function rejectWhileClosing(request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const quiet: Log = { ...log, fault: () => undefined }
  const error = new AppError('unavailable', {
    detail: 'This server is shutting down. Retry the request.',
    retryAfterSeconds: CLOSING_RETRY_SECONDS,
  })
  if (request.url.startsWith('/oauth/')) sendOAuthError(reply, error, quiet)
  else sendProblem(reply, error, quiet)
}

/**
 * Responds 405 with `Allow` to a known path with another method (RFC 9110 §15.5.6), and 404 to all others. Not
 * implemented as one route per path and method: three hundred more routes would double the start time.
 */
function rejectUnmatched(
  app: FastifyInstance,
  { log, sendPage }: Pick<ServerOptions, 'log' | 'sendPage'>,
): void {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set()
    for (const name of [method].flat()) known.add(name)
    methods.set(url, known)
  })
  const pattern = (url: string) =>
    new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
  let patterns: readonly { readonly matches: RegExp; readonly allowed: string[] }[] | undefined
  app.setNotFoundHandler(async (request, reply) => {
    patterns ??= [...methods].map(([url, known]) => ({
      matches: pattern(url),
      allowed: [...known].sort(),
    }))
    const path = request.url.split('?', 1)[0] ?? ''
    const allowed = patterns.find(({ matches }) => matches.test(path))?.allowed
    // `allowed` includes the method when a route calls `reply.callNotFound()`.
    if (allowed === undefined || allowed.includes(request.method)) {
      if ((await sendPage?.(request, reply)) === true) return reply
      return sendProblem(reply, notFound(), log)
    }
    const allow = allowed.join(', ')
    reply.header('allow', allow)
    const error = new AppError('method_not_allowed', {
      detail: `The method ${request.method} is not allowed here. Allowed: ${allow}.`,
    })
    return path.startsWith('/oauth/')
      ? sendOAuthError(reply, error, log)
      : sendProblem(reply, error, log)
  })
}

function noCompiler(): never {
  throw new TypeError('Routes must not have Fastify schemas: the contract validates.')
}

function acceptRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w-]{8,128}$/.test(header) ? header : undefined
}

/** Parses a query without bracket syntax. A repeated name becomes a list. */
function parseQuery(text: string): Record<string, unknown> {
  if (text === '') return {}
  const values = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values.get(name)
    values.set(
      name,
      known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value],
    )
  }
  return Object.fromEntries(values)
}

/** Passes JSON as bytes to the strict parser, and forms as strings. All other media types are rejected. */
function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => done(rejectCompressedBody(request), body),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) => done(rejectCompressedBody(request), body),
  )
}

/** Rejects compressed bodies, because a small body can decompress to a huge one. */
function rejectCompressedBody(request: FastifyRequest): AppError | null {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return null
  return new AppError('unsupported_media_type', {
    detail: 'Request bodies must not be compressed. Send the body without Content-Encoding.',
  })
}

/** Rejects malformed requests that Node accepts, such as requests with two Host headers. */
function rejectMalformedRequest(request: FastifyRequest): AppError | undefined {
  const { originalUrl: url } = request
  const { rawHeaders } = request.raw
  if (url.length > URL_LENGTH_MAX) return new AppError('uri_too_long')
  if (!url.startsWith('/'))
    return new AppError('invalid_request', {
      detail: 'The request target is not a path. Start it with a slash.',
    })
  if (rawHeaders.length > HEADERS_MAX * 2) return new AppError('headers_too_large')
  return countHosts(rawHeaders) === 1
    ? undefined
    : new AppError('invalid_request', {
        detail: 'The Host header is missing or repeated. Send exactly one.',
      })
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Sends a status line for a request that Node cannot parse, and closes the connection. */
function rejectInvalidHttp(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const line = statusLines[error.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
