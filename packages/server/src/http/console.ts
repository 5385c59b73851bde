import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Answers a browser that opens an address of the console; false for every other request. */
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

/** What addresses of the API begin with: they are answered with problems, never with a page. */
const API_PATHS = /^\/(v1|oauth|proxy|\.well-known|openapi\.json|livez|readyz|metrics)(\/|$)/

/** The console's files, as they lay there at the start. */
export type ConsoleFiles = {
  readonly mount: (http: FastifyInstance) => void
  readonly sendPage: SendPage
}

/**
 * Opens the built console, or nothing where it was not built. Its files are served under the names that they
 * have now, so that no path leads anywhere else, and its page at every address that is not the API's. They
 * are read from disk for each answer: browsers keep them, and here they would be memory for ever.
 */
export async function openConsole(directory: string): Promise<ConsoleFiles | undefined> {
  const page = await readFile(join(directory, 'index.html'), 'utf8').catch(() => undefined)
  if (page === undefined) return undefined
  const assets = new Set(await readdir(join(directory, 'assets')))
  return {
    mount: (http) => mountFiles(http, directory, assets),
    sendPage: async (request, reply) => {
      if (!isPageRequest(request)) return false
      const nonce = randomBytes(NONCE_BYTES).toString('base64url')
      // Not to be kept: it carries a number that is good once.
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
    const { file, encoding } = choose(name, assets, request.headers['accept-encoding'])
    const content = await readFile(join(directory, 'assets', file)).catch(() => undefined)
    // Gone when the console was built anew under a running server.
    if (content === undefined) return reply.callNotFound()
    // A name holds a hash of what is in it: it never changes.
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
    // The last part of a page's address has no ending.
    extname(path) === ''
  )
}

/** Nothing from elsewhere, nothing inline; styles that the page makes itself carry the nonce (CSP 3 §6). */
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

function choose(
  name: string,
  assets: ReadonlySet<string>,
  accepted: string | undefined,
): { readonly file: string; readonly encoding?: string } {
  const offers = (accepted ?? '').split(',').map((part) => part.trim())
  // `br;q=0` refuses it; what names it otherwise takes it.
  const takes = (coding: string): boolean =>
    offers.some((offer) => new RegExp(`^${coding}\\b(?!\\s*;\\s*q=0(\\.0+)?$)`).test(offer))
  if (takes('br') && assets.has(`${name}.br`)) return { file: `${name}.br`, encoding: 'br' }
  if (takes('gzip') && assets.has(`${name}.gz`)) return { file: `${name}.gz`, encoding: 'gzip' }
  return { file: name }
}
