import { buildOpenApi } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import type { FastifyInstance } from 'fastify'
import { auditRoutes } from './audit/index.ts'
import type { Contexts } from './compose-context.ts'
import type { Issued } from './compose-issued.ts'
import type { Config } from './config.ts'
import { encryptionKeyRoutes } from './encryption/index.ts'
import { createAuthenticateCaller } from './http/authenticate-caller.ts'
import { loadConsole } from './http/console.ts'
import { mountHealth } from './http/health.ts'
import { createIdempotency } from './http/idempotency.ts'
import { mountMetrics } from './http/metrics.ts'
import { mountRoutes } from './http/mount.ts'
import { mountOAuth } from './http/oauth.ts'
import { mountOAuthCallback } from './http/oauth-callback.ts'
import { mountProxy } from './http/proxy.ts'
import { createServer } from './http/server.ts'
import { mountVerification } from './http/verification.ts'
import { memberRoutes } from './identity/members/index.ts'
import { findFeatures, organizationRoutes } from './identity/organizations/index.ts'
import { sessionRoutes } from './identity/sessions/index.ts'
import { authenticateSession, signInRoutes } from './identity/sign-in/index.ts'
import { apiRoutes } from './issued/apis/index.ts'
import { credentialRoutes } from './issued/credentials/index.ts'
import { JWKS_CACHE_SECONDS, signingKeyRoutes } from './issued/signing-keys/index.ts'
import { usageRoutes } from './issued/usage/index.ts'
import { createDispatch } from './kernel/dispatch.ts'
import type { Log } from './platform/log.ts'
import type { Metrics } from './platform/metrics.ts'
import { pooledRandom } from './platform/random.ts'
import { setupRoutes } from './setup/index.ts'
import { createIdempotencyRecords } from './store/idempotency-records.ts'
import { callRoutes, createRedactorCache, createSigningContext } from './stored/calls/index.ts'
import { createConnectionLookup } from './stored/connection-lookup/index.ts'
import { integrationRoutes } from './stored/integrations/index.ts'
import {
  createConsentCompletion,
  createUpstreamTokens,
  upstreamTokenRoutes,
} from './stored/upstream-tokens/index.ts'

/** The parts that the HTTP server needs, in addition to contexts and issued credentials. */
export type HttpOptions = {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics | undefined
  /** The directory of the built console. Undefined: no pages are served. */
  readonly consoleDirectory: string | undefined
  readonly isReady: () => boolean
}

/** Connects the parts of stored credentials, and creates the HTTP server with every route. */
export async function composeHttp(
  contexts: Contexts,
  issued: Issued,
  { config, log, metrics, consoleDirectory, isReady }: HttpOptions,
): Promise<FastifyInstance> {
  const { feed, base, createContext, asSystem, writeUnaudited } = contexts
  const { clock, db, organizationEncryption, publicUrl } = base
  const { usage, recordUse, keyRing, authenticator, tokens, verify } = issued
  const bySession = (cookie: string) => authenticateSession({ ...base, writeUnaudited }, cookie)
  const authenticate = createAuthenticateCaller({
    authenticator,
    clock,
    authenticateSession: bySession,
  })

  const upstreamTokens = createUpstreamTokens({ base, feed, writeUnaudited, asSystem })
  const callDeps = {
    lookup: createConnectionLookup({ db, organizationEncryption, feed }),
    tokens: upstreamTokens,
    signingContext: createSigningContext(base),
    recordLastUse: usage.recordLastUse,
  }

  const pages = consoleDirectory === undefined ? undefined : await loadConsole(consoleDirectory)
  const http = createServer({
    sendPage: pages?.sendPage,
    newRequestId: () => generateId('req', clock.now(), pooledRandom),
    trustedProxies: config.trustedProxies,
    publicUrl,
    log,
  })
  if (metrics !== undefined && config.metricsToken !== undefined)
    mountMetrics(http, metrics, config.metricsToken)
  pages?.mount(http)
  mountHealth(http, {
    isReady,
    openApi: () => buildOpenApi({ serverUrl: publicUrl }),
    publicUrl,
  })
  mountOAuth(http, {
    ...tokens,
    issuer: publicUrl,
    jwksCacheSeconds: JWKS_CACHE_SECONDS,
    publicKeys: () => keyRing.publicKeys(clock.now()),
    log,
  })
  mountProxy(http, {
    ...callDeps,
    outbound: base.outbound,
    redactors: createRedactorCache(),
    authenticate,
    recordUse,
    publicUrl,
    log,
  })
  mountOAuthCallback(http, {
    authenticateSession: bySession,
    completeConsent: createConsentCompletion({
      base,
      writeUnaudited,
      createContext,
      isFeatureEnabled: async (organizationId) =>
        (await findFeatures({ db, organizationId }))?.stored === true,
    }),
    log,
  })
  mountVerification(http, { authenticate, verify, recordUse, publicUrl, log })
  mountRoutes(
    http,
    [
      ...setupRoutes,
      ...memberRoutes,
      ...sessionRoutes,
      ...signInRoutes,
      ...organizationRoutes,
      ...apiRoutes,
      ...credentialRoutes,
      ...integrationRoutes,
      ...upstreamTokenRoutes(upstreamTokens),
      ...callRoutes(callDeps),
      ...usageRoutes,
      ...auditRoutes,
      ...encryptionKeyRoutes,
      ...signingKeyRoutes,
    ],
    {
      authenticate,
      dispatch: createDispatch({ createContext, findFeatures, recordUse }),
      idempotency: createIdempotency(
        createIdempotencyRecords({ writeUnaudited, clock }),
        base.random,
      ),
      publicUrl,
      log,
    },
  )
  return http
}
