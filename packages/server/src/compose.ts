import { readFile } from 'node:fs/promises'
import { buildOpenApi } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import type { FastifyInstance } from 'fastify'
import { appendAudit, auditRoutes } from './audit/index.ts'
import type { Config } from './config.ts'
import { encryptionKeyRoutes, startReEncryption } from './encryption/index.ts'
import { loadInstallationKeys } from './encryption/installation-keys.ts'
import { createOrganizationEncryption } from './encryption/organization-encryption.ts'
import { createAuthenticate } from './http/authenticate.ts'
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
import { findFeatures, findOperator, organizationRoutes } from './identity/organizations/index.ts'
import { sessionRoutes } from './identity/sessions/index.ts'
import { authenticateSession, signInRoutes } from './identity/sign-in/index.ts'
import { apiRoutes, importOpenApi, syncBuiltInApi } from './issued/apis/index.ts'
import {
  createCredentialCache,
  createRejectionAudit,
  createSecretAuthenticator,
  credentialRoutes,
} from './issued/credentials/index.ts'
import {
  createKeyRing,
  ensureSigningKey,
  JWKS_CACHE_SECONDS,
  signingKeyRoutes,
  startDestroyingRetired,
} from './issued/signing-keys/index.ts'
import {
  createAuthenticator,
  createRevokedTokens,
  createTokens,
  createTokenVerifier,
} from './issued/tokens/index.ts'
import { createUsage, type Use, usageRoutes } from './issued/usage/index.ts'
import { createVerifier } from './issued/verification/index.ts'
import { AppError } from './kernel/app-error.ts'
import { type Caller, type Context, type ContextBase, system } from './kernel/context.ts'
import { createDispatch } from './kernel/dispatch.ts'
import { createMutate } from './kernel/mutate.ts'
import { createOutbound } from './outbound/outbound.ts'
import { type Clock, systemClock, systemTimers, type Timers } from './platform/clock.ts'
import { restrictDataDirectory } from './platform/data-directory.ts'
import { createFailureCounter } from './platform/failure-counter.ts'
import { createLog, type LogSink } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { pooledRandom, type Random, systemRandom } from './platform/random.ts'
import { bootstrap, removeSetupCode, setupRoutes } from './setup/index.ts'
import { followChanges } from './store/change-feed.ts'
import { createIdempotencyRecords } from './store/idempotency-records.ts'
import { openStore } from './store/open.ts'
import { startRetentionJob } from './store/retention-job.ts'
import {
  type CallDeps,
  callRoutes,
  createRedactorCache,
  createSigningContext,
} from './stored/calls/index.ts'
import { createConnectionLookup } from './stored/connection-lookup/index.ts'
import { integrationRoutes } from './stored/integrations/index.ts'
import {
  createConsentCompletion,
  createUpstreamTokens,
  upstreamTokenRoutes,
} from './stored/upstream-tokens/index.ts'

/** Replaces parts of the environment. Tests use this. */
export type Overrides = {
  readonly clock?: Clock
  readonly random?: Random
  /** Starts background jobs and the usage flush, which runs once a second. */
  readonly timers?: Timers
  readonly logSink?: LogSink
  /** The directory of the built console. Undefined: no pages are served. */
  readonly consoleDirectory?: string
  /** Wrong secrets allowed per minute: per client and network, and per network. */
  readonly failuresMax?: { readonly perClient: number; readonly perNetwork: number }
}

/** The composed program. Does not listen yet. */
export type Program = {
  readonly http: FastifyInstance
  readonly publicUrl: string
  /** The setup link. Undefined when setup is complete. */
  readonly setupLink: string | undefined
  /** Returns a context in which Keyporter itself acts for the operator. */
  readonly systemContext: (organizationId: string) => Context
  /** Writes the counted usage to the store. */
  readonly flushUsage: () => Promise<void>
  /** Makes `/readyz` fail, so that load balancers stop sending requests while current ones complete. */
  readonly drain: () => void
  readonly close: () => Promise<void>
}

const FAILURE_WINDOW_MS = 60_000
const FAILURES_PER_CLIENT_MAX = 30
const FAILURES_PER_NETWORK_MAX = 1_000

/** Creates and connects all parts. The only file that imports every part. */
export async function compose(
  config: Config,
  publicUrl: string,
  overrides: Overrides = {},
): Promise<Program> {
  const clock = overrides.clock ?? systemClock
  const random = overrides.random ?? systemRandom
  const timers = overrides.timers ?? systemTimers
  const log = createLog(config.logLevel, overrides.logSink)
  restrictDataDirectory(config.dataDirectory)
  const store = await openStore(
    config.databaseUrl === undefined
      ? { kind: 'sqlite', directory: config.dataDirectory }
      : { kind: 'postgres', url: config.databaseUrl },
  )
  const { rootEncryption, digests } = await loadInstallationKeys(store, {
    configured: config.rootKey,
    previous: config.previousRootKey,
    dataDirectory: config.dataDirectory,
  })
  const feed = await followChanges(store)
  const { secretPrefix } = config
  const { engine, reader: db } = store
  const organizationEncryption = createOrganizationEncryption({
    rootEncryption,
    db,
    engine,
    clock,
    random,
    isFresh: feed.isFresh,
  })
  feed.subscribe(organizationEncryption.handleChange)
  const base: ContextBase = {
    clock,
    random,
    digests,
    rootEncryption,
    organizationEncryption,
    outbound: createOutbound(config.allowPrivateNetwork),
    publicUrl,
    secretPrefix,
    db,
  }
  const mutate = createMutate({
    store,
    feed,
    clock,
    appendAudit: (tx, request) => appendAudit(tx, base, request),
  })
  const createContext = (caller: Caller): Context => ({
    ...base,
    ...caller,
    mutate: mutate(caller),
  })
  const asSystem = (organizationId: string, source: Partial<Caller> = {}): Context =>
    createContext({
      actor: system,
      organizationId,
      operator: true,
      requestId: null,
      ip: null,
      userAgent: '',
      ...source,
    })
  // Writes without an audit event, such as counters. `test/architecture.once.test.ts` lists the users.
  const writeUnaudited = store.transact

  const usage = createUsage({ clock, writeUnaudited, log, timers })
  const credentialCache = createCredentialCache(store.reader, feed)
  const keyRing = await createKeyRing(base)
  feed.subscribe(async (change) => {
    if (change.kind === 'signing_keys.changed') await keyRing.reload()
  })
  feed.subscribe(async (change) => {
    if (change.kind === 'organization.changed') await removeSetupCode(config.dataDirectory)
  })
  const revoked = await createRevokedTokens(store.reader, feed, clock)

  const setupLink = await bootstrap({
    config,
    ctx: asSystem(''),
    dataDirectory: config.dataDirectory,
    importApi: async (organizationId, path) => {
      await importOpenApi(asSystem(organizationId), await readDocument(path))
    },
  })
  const operator = await findOperator(store.reader)
  if (operator !== undefined) {
    await syncBuiltInApi(asSystem(operator.id))
    await ensureSigningKey(asSystem(operator.id), 'ES256')
    // Another node may have created the key since the key ring was loaded.
    await feed.catchUp()
  }

  const failures = (failuresMax: number) =>
    createFailureCounter(clock, { failuresMax, windowMs: FAILURE_WINDOW_MS })
  const secrets = createSecretAuthenticator({
    credentialCache,
    digests,
    clock,
    failuresPerClient: failures(overrides.failuresMax?.perClient ?? FAILURES_PER_CLIENT_MAX),
    failuresPerNetwork: failures(overrides.failuresMax?.perNetwork ?? FAILURES_PER_NETWORK_MAX),
    audit: createRejectionAudit({
      asSystem,
      findOperatorId: async () => (await findOperator(db))?.id,
    }),
  })
  const metrics = config.metricsToken === undefined ? undefined : await createMetrics()
  const recordUse = (use: Use): void => {
    usage.record(use)
    metrics?.countUse(use.outcome)
  }
  const authenticator = createAuthenticator({
    secrets,
    verifyToken: createTokenVerifier({
      credentialCache,
      keyRing,
      revoked,
      clock,
      issuer: publicUrl,
      isFresh: feed.isFresh,
    }),
  })
  const tokens = createTokens({
    authenticator,
    keyRing,
    clock,
    recordUse,
    createContext,
    issuer: publicUrl,
    random: pooledRandom,
  })
  const bySession = (cookie: string) => authenticateSession({ ...base, writeUnaudited }, cookie)
  const authenticate = createAuthenticate({ authenticator, clock, authenticateSession: bySession })
  const verify = createVerifier({ authenticator, clock, recordUse })

  const upstreamTokens = createUpstreamTokens({ base, feed, writeUnaudited, asSystem })
  const callDeps: CallDeps = {
    lookup: createConnectionLookup({ db, organizationEncryption, feed }),
    tokens: upstreamTokens,
    signingContext: createSigningContext({ clock, random }),
    recordLastUse: usage.recordLastUse,
  }

  const pages =
    overrides.consoleDirectory === undefined
      ? undefined
      : await loadConsole(overrides.consoleDirectory)
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
  let ready = true
  mountHealth(http, {
    isReady: () => ready && feed.isFresh() && rootEncryption.hasCurrentKey(),
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
    recordUse: recordUse,
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
  mountVerification(http, { authenticate, verify, recordUse: recordUse, publicUrl, log })
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
      idempotency: createIdempotency(createIdempotencyRecords({ writeUnaudited, clock })),
      publicUrl,
      log,
    },
  )
  const jobDeps = { log, timers, random }
  const stopRetention = startRetentionJob({ ...jobDeps, writeUnaudited, clock })
  const destroying = startDestroyingRetired({ ...jobDeps, db, asSystem })
  const reEncryption = await startReEncryption({
    ...jobDeps,
    store,
    rootEncryption,
    feed,
    asSystem,
  })
  return {
    http,
    publicUrl,
    setupLink,
    systemContext: asSystem,
    flushUsage: usage.flush,
    drain: () => {
      ready = false
    },
    close: async () => {
      ready = false
      await Promise.all([stopRetention(), destroying.stop(), reEncryption.stop()])
      await http.close()
      await base.outbound.close()
      await usage.stop()
      await feed.stop()
      await store.close()
    },
  }
}

async function readDocument(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new AppError('invalid_request', {
      detail: 'KEYPORTER_INIT_API: the file cannot be read. Check the path and the permissions.',
      cause,
    })
  }
}
