import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { type Contexts, composeContexts } from './compose-context.ts'
import { composeHttp } from './compose-http.ts'
import { composeIssued, type FailuresMax } from './compose-issued.ts'
import type { Config } from './config.ts'
import { startReEncryption } from './encryption/index.ts'
import { findOperator } from './identity/organizations/index.ts'
import { importOpenApi, syncBuiltInApi } from './issued/apis/index.ts'
import { ensureSigningKey, startDestroyingRetired } from './issued/signing-keys/index.ts'
import { AppError } from './kernel/app-error.ts'
import type { Context } from './kernel/context.ts'
import { type Clock, systemClock, systemTimers, type Timers } from './platform/clock.ts'
import { createLog, type LogSink } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { type Random, systemRandom } from './platform/random.ts'
import { bootstrap, removeSetupCode } from './setup/index.ts'
import { startRetentionJob } from './store/retention-job.ts'

/** Replaces parts of the environment. Tests use this. */
export type Overrides = {
  readonly clock?: Clock
  readonly random?: Random
  /** Starts background jobs and the usage flush, which runs once a second. */
  readonly timers?: Timers
  readonly logSink?: LogSink
  /** The directory of the built console. Undefined: no pages are served. */
  readonly consoleDirectory?: string
  readonly failuresMax?: FailuresMax
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

/**
 * Creates and connects all parts, in the order of the start: contexts (store, keys, change feed), issued
 * credentials, the first organization, HTTP, background jobs.
 */
export async function compose(
  config: Config,
  publicUrl: string,
  overrides: Overrides = {},
): Promise<Program> {
  const clock = overrides.clock ?? systemClock
  const random = overrides.random ?? systemRandom
  const timers = overrides.timers ?? systemTimers
  const log = createLog(config.logLevel, overrides.logSink)
  const contexts = await composeContexts(config, { publicUrl, clock, random })
  const { store, feed, base, asSystem, writeUnaudited } = contexts
  const metrics = config.metricsToken === undefined ? undefined : await createMetrics()
  const { failuresMax, consoleDirectory } = overrides
  const issued = await composeIssued(contexts, { log, timers, metrics, failuresMax })
  const setupLink = await prepareOrganization(config, contexts)
  let ready = true
  const http = await composeHttp(contexts, issued, {
    config,
    log,
    metrics,
    consoleDirectory,
    isReady: () => ready && feed.isFresh() && base.rootEncryption.hasCurrentKey(),
  })
  const jobDeps = { log, timers, random }
  const stopRetention = startRetentionJob({ ...jobDeps, writeUnaudited, clock })
  const destroying = startDestroyingRetired({ ...jobDeps, db: store.reader, asSystem })
  const reEncryption = await startReEncryption({
    ...jobDeps,
    store,
    rootEncryption: base.rootEncryption,
    feed,
    asSystem,
  })
  return {
    http,
    publicUrl,
    setupLink,
    systemContext: asSystem,
    flushUsage: issued.usage.flush,
    drain: () => {
      ready = false
    },
    close: async () => {
      ready = false
      await Promise.all([stopRetention(), destroying.stop(), reEncryption.stop()])
      await http.close()
      await base.outbound.close()
      await issued.usage.stop()
      await feed.stop()
      await store.close()
    },
  }
}

/**
 * Creates the first organization or a setup link for an empty database, and updates the built-in API. Returns the
 * setup link.
 */
async function prepareOrganization(
  config: Config,
  { store, feed, asSystem }: Contexts,
): Promise<string | undefined> {
  feed.subscribe({
    onChange: async ({ kind }) => {
      if (kind === 'organization.changed') await removeSetupCode(config.dataDirectory)
    },
    onGap: async () => {
      if ((await findOperator(store.reader)) !== undefined)
        await removeSetupCode(config.dataDirectory)
    },
  })
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
  return setupLink
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
