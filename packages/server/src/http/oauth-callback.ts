import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../kernel/context.ts'
import { anonymous } from '../kernel/context.ts'
import type { Log } from '../platform/log.ts'
import type { ConsentOutcome, ConsentReturn } from '../stored/upstream-tokens/index.ts'
import { sendProblem } from './errors.ts'
import { consentPage, type PageText, pageTexts, reloadPage } from './oauth-callback-page.ts'

/** Dependencies of {@link mountOAuthCallback}. */
export type OAuthCallbackDeps = {
  readonly completeConsent: (returned: ConsentReturn) => Promise<ConsentOutcome>
  /** Returns the member of a session cookie; undefined without a valid session. */
  readonly authenticateSession: (cookieHeader: string) => Promise<Principal | undefined>
  readonly log: Log
}

const PATH = '/connect/callback'
const NONCE_BYTES = 16
const CODE_LENGTH_MAX = 4_096

const statuses: Record<keyof typeof pageTexts, number> = {
  connected: 200,
  rejected: 403,
  failed: 502,
  expired: 400,
  foreign: 403,
}

/** Mounts the redirect URI of the authorization code flow (RFC 6749 §4.1.2). */
export function mountOAuthCallback(app: FastifyInstance, deps: OAuthCallbackDeps): void {
  app.get(PATH, async (request, reply) => {
    try {
      return await handle(deps, request, reply)
    } catch (error) {
      return sendProblem(reply, error, deps.log)
    }
  })
}

async function handle(
  deps: OAuthCallbackDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = readQuery(request)
  if (query === undefined) return sendOutcome(reply, 'expired')
  const { cookie } = request.headers
  const principal = cookie === undefined ? undefined : await deps.authenticateSession(cookie)
  const outcome = await deps.completeConsent({
    state: query.state,
    code: query.code,
    caller: {
      actor: principal?.actor ?? anonymous,
      operator: principal?.operator ?? false,
      requestId: request.id,
      ip: request.ip,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 512),
    },
  })
  if (outcome.kind === 'feature_disabled') {
    reply.callNotFound()
    return reply
  }
  if (outcome.kind === 'foreign' && principal === undefined && !query.again) {
    return sendReloadPage(reply, query)
  }
  return sendOutcome(reply, outcome.kind, 'integrationId' in outcome ? outcome : undefined)
}

type Query = { readonly state: string; readonly code: string | undefined; readonly again: boolean }

/** Requires each parameter once. The value of `error` (RFC 6749 §4.1.2.1) is not used: it is untrusted text. */
function readQuery({ query }: FastifyRequest): Query | undefined {
  // safe because parseQuery in server.ts returns only strings and lists of strings
  const { state, code, error, again } = query as Record<string, string | string[] | undefined>
  if (typeof state !== 'string' || Array.isArray(code) || Array.isArray(error)) return undefined
  if (code === undefined && error === undefined) return undefined
  if (code !== undefined && (code === '' || code.length > CODE_LENGTH_MAX)) return undefined
  return { state, code: error === undefined ? code : undefined, again: again !== undefined }
}

/**
 * Reloads the page from Keyporter's origin. After a redirect from another site the browser omits the
 * SameSite=Strict session cookie; a navigation from Keyporter's own page sends it.
 */
function sendReloadPage(reply: FastifyReply, { state, code }: Query): FastifyReply {
  const query = new URLSearchParams({
    state,
    ...(code === undefined ? { error: 'rejected' } : { code }),
    again: '1',
  })
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  return sendPage(reply, { nonce, status: 200, html: reloadPage(`${PATH}?${query}`, nonce) })
}

function sendOutcome(
  reply: FastifyReply,
  kind: keyof typeof pageTexts,
  about?: { readonly integrationId: string; readonly integrationName: string },
): FastifyReply {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  const text: PageText = pageTexts[kind]
  const html = consentPage({
    text,
    outcome: kind,
    integrationId: about?.integrationId,
    integrationName: about?.integrationName,
    nonce,
  })
  return sendPage(reply, { nonce, status: statuses[kind], html })
}

function sendPage(
  reply: FastifyReply,
  {
    nonce,
    status,
    html,
  }: { readonly nonce: string; readonly status: number; readonly html: string },
): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(nonce),
      'cache-control': 'no-store',
    })
    .send(html)
}

/** Allows only the inline script and style with the nonce. */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
