import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Sends the console's page if a browser navigates to it. Returns false for all other requests. */
export type SendPage = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>

const YEAR_SECONDS = 31_536_000
const NONCE_BYTES = 16
const NONCE_MARK = '__CSP_NONCE__'

const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Paths of the API. They get problem documents, never the console's page. */
const API_PATHS = /^\/(v1|oauth|proxy|\.well-known|openapi\.json|livez|readyz|metrics)(\/|$)/

/** The console's files at the start of the server. */
export type ConsoleFiles = {
  readonly mount: (http: FastifyInstance) => void
  readonly sendPage: SendPage
}

/**
 * Loads the built console; undefined when it was not built. Assets are served by an allowlist of file names,
 * which prevents path traversal. The page is served at every path outside the API. Assets are read from disk
 * for each response: browsers cache them, so a copy in memory would rarely be used.
 */
export async function loadConsole(directory: string): Promise<ConsoleFiles | undefined> {
  const page = await readFile(join(directory, 'index.html'), 'utf8').catch(() => undefined)
  if (page === undefined) return undefined
  const assets = new Set(await readdir(join(directory, 'assets')))
  return {
    mount: (http) => mountFiles(http, directory, assets),
    sendPage: async (request, reply) => {
      if (!isPageRequest(request)) return false
      const nonce = randomBytes(NONCE_BYTES).toString('base64url')
      // The page contains a one-time nonce and must not be cached.
      reply.headers({ 'content-security-policy': pagePolicy(nonce), 'cache-control': 'no-store' })
      reply.type('text/html; charset=utf-8')
      await reply.send(page.replaceAll(NONCE_MARK, nonce))
      return true
    },
  }
}

function mountFiles(http: FastifyInstance, directory: string, assets: ReadonlySet<string>): void {
  http.get('/assets/:name', async (request, reply) => {
    const { name } = request.params as { readonly name: string }
    const mediaType = mediaTypes[extname(name)]
    if (mediaType === undefined || !assets.has(name)) return reply.callNotFound()
    const { file, encoding } = chooseEncoding(name, assets, request.headers['accept-encoding'])
    const content = await readFile(join(directory, 'assets', file)).catch(() => undefined)
    // A rebuild of the console may delete files of a running server.
    if (content === undefined) return reply.callNotFound()
    // File names contain a content hash.
    reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
    if (encoding !== undefined) reply.header('content-encoding', encoding)
    reply.header('vary', 'accept-encoding').type(mediaType)
    return reply.send(content)
  })
  for (const name of ['color-scheme.js', 'favicon.svg']) {
    http.get(`/${name}`, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=3600').type(mediaTypes[extname(name)] ?? '')
      return reply.send(await readFile(join(directory, name)))
    })
  }
}

function isPageRequest({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? ''
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers.accept?.includes('text/html') === true &&
    !API_PATHS.test(path) &&
    // Page paths have no file extension.
    extname(path) === ''
  )
}

/** Allows same-origin resources only. Styles that scripts create need the nonce (CSP 3 §6). */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function chooseEncoding(
  name: string,
  assets: ReadonlySet<string>,
  acceptEncoding: string | undefined,
): { readonly file: string; readonly encoding?: string } {
  const encodings = (acceptEncoding ?? '').split(',').map((part) => part.trim())
  // RFC 9110 §12.5.3: `br;q=0` means not acceptable.
  const accepts = (encoding: string): boolean =>
    encodings.some((one) => new RegExp(`^${encoding}\\b(?!\\s*;\\s*q=0(\\.0+)?$)`).test(one))
  if (accepts('br') && assets.has(`${name}.br`)) return { file: `${name}.br`, encoding: 'br' }
  if (accepts('gzip') && assets.has(`${name}.gz`)) return { file: `${name}.gz`, encoding: 'gzip' }
  return { file: name }
}
