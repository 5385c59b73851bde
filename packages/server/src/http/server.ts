import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'
import { notFound } from '../kernel/authorize.ts'
import type { Log } from '../platform/log.ts'
import type { SendPage } from './console.ts'
import { sendProblem } from './errors.ts'
import { sendOAuthError } from './oauth.ts'
import { routedUrl } from './proxy.ts'
import { logRequest, logRequests } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'
import { closeSlowBodies } from './slow-bodies.ts'

/** What the edge needs to know. */
export type ServerOptions = {
  readonly newRequestId: () => string
  readonly trustedProxies: readonly string[]
  readonly publicUrl: string
  readonly log: Log
  /** Answers browsers that open a page of the console. */
  readonly sendPage?: SendPage | undefined
}

// Findings: Node's own defaults let half-sent requests stand for a minute and more.
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

/** Makes the HTTP server, without routes: limits, parsers, ids, headers, and answers to what matches nothing. */
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
    // Judged body by body, below.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    // Refused below, in our own words.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // The contract validates; Fastify's own compilers (7 MiB of them) are never loaded.
    schemaController: {
      compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler },
    },
    routerOptions: { maxParamLength: 512, querystringParser: parseQuery },
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    // Fastify runs no hooks for an address that it cannot parse.
    frameworkErrors: (error, request, reply) => {
      request.startedMs = performance.now()
      setCommonHeaders(request, reply)
      sendProblem(reply, error, log)
      logRequest(request, reply, log)
    },
    clientErrorHandler: refuseRaw,
  })
  app.server.maxConnections = CONNECTIONS_MAX
  // Node would silently drop what is over its limit; counted and refused below instead.
  app.server.maxHeadersCount = 0
  closeSlowBodies(app, {
    timeoutMs: SMALL_BODY_TIMEOUT_MS,
    checkEveryMs: CHECK_INTERVAL_MS,
    smallBytesMax: SMALL_BODY_BYTES_MAX,
    largeTimeoutMs: LARGE_BODY_TIMEOUT_MS,
  })
  addParsers(app)
  logRequests(app, log)
  app.addHook('onRequest', (request, _reply, done) => done(refuseOddRequest(request)))
  app.addHook('onSend', (request, reply, payload, done) => {
    setCommonHeaders(request, reply)
    done(null, payload)
  })
  refuseWhileClosing(app, log)
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error, log))
  refuseUnmatched(app, options)
  return app
}

/**
 * What still arrives over an open connection while the program ends is for another node. It is no fault of
 * ours, and so not logged as one.
 */
function refuseWhileClosing(app: FastifyInstance, log: Log): void {
  const quiet: Log = { ...log, fault: () => undefined }
  let closing = false
  app.addHook('preClose', (done) => {
    closing = true
    done()
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (!closing) return done()
    const error = new AppError('unavailable', {
      detail: 'This Keyporter is being stopped.',
      retryAfterSeconds: CLOSING_RETRY_SECONDS,
    })
    if (request.url.startsWith('/oauth/')) sendOAuthError(reply, error, quiet)
    else sendProblem(reply, error, quiet)
  })
}

/**
 * A known path under another method is 405 with `Allow` (RFC 9110 §15.5.6), anything else 404. Decided here
 * and not by routes of their own: three hundred more of them would double the time of a start.
 */
function refuseUnmatched(
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
    // A route may also come here of its own accord: for what it knows no answer to.
    if (allowed === undefined || allowed.includes(request.method)) {
      if ((await sendPage?.(request, reply)) === true) return reply
      return sendProblem(reply, notFound(), log)
    }
    const allow = allowed.join(', ')
    reply.header('allow', allow)
    const error = new AppError('method_not_allowed', { detail: `Allowed here: ${allow}.` })
    return path.startsWith('/oauth/')
      ? sendOAuthError(reply, error, log)
      : sendProblem(reply, error, log)
  })
}

function noCompiler(): never {
  throw new TypeError('Routes carry no Fastify schemas: the contract validates.')
}

function acceptRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w-]{8,128}$/.test(header) ? header : undefined
}

/** Names and values exactly as sent: no arrays by brackets, no prototype; a repeated name is a list. */
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

/** JSON stays bytes for the strict parser, forms stay text; nothing else is taken. */
function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, body, done) => done(refuseEncoding(request), body),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) => done(refuseEncoding(request), body),
  )
}

/** A compressed body would be a bomb waiting to be opened. */
function refuseEncoding(request: FastifyRequest): AppError | null {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return null
  return new AppError('unsupported_media_type', { detail: 'Compressed bodies are not taken.' })
}

/** What Node lets through although no honest client sends it. */
function refuseOddRequest(request: FastifyRequest): AppError | undefined {
  const { originalUrl: url } = request
  const { rawHeaders } = request.raw
  if (url.length > URL_LENGTH_MAX) return new AppError('uri_too_long')
  if (!url.startsWith('/'))
    return new AppError('invalid_request', { detail: 'The request target must be a path.' })
  if (rawHeaders.length > HEADERS_MAX * 2) return new AppError('headers_too_large')
  return countHosts(rawHeaders) === 1
    ? undefined
    : new AppError('invalid_request', { detail: 'Send one Host header.' })
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

const rawAnswers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** What is no HTTP at all gets a line and a closed connection. */
function refuseRaw(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const line = rawAnswers[error.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
