import { chmodSync, existsSync, statSync } from 'node:fs'
import { platform } from 'node:os'
import { appendAudit, isAppended } from './audit/index.ts'
import type { Config } from './config.ts'
import { loadInstallationKeys } from './encryption/installation-keys.ts'
import { createOrganizationEncryption } from './encryption/organization-encryption.ts'
import { type Caller, type Context, type ContextBase, system } from './kernel/context.ts'
import { createMutate } from './kernel/mutate.ts'
import { createOutbound } from './outbound/outbound.ts'
import type { Clock } from './platform/clock.ts'
import type { Random } from './platform/random.ts'
import { type ChangeFeed, followChanges } from './store/change-feed.ts'
import { openStore, type Store } from './store/open.ts'

/** The store, the change feed, and the contexts of verbs. */
export type Contexts = {
  readonly store: Store
  readonly feed: ChangeFeed
  readonly base: ContextBase
  readonly createContext: (caller: Caller) => Context
  /** Returns a context in which Keyporter itself acts for the operator. */
  readonly asSystem: (organizationId: string, source?: Partial<Caller>) => Context
  /** Writes without an audit event, such as counters. `test/architecture.once.test.ts` lists the users. */
  readonly writeUnaudited: Store['transact']
}

/** Opens the store, decrypts the installation's keys, and follows the change feed. */
export async function composeContexts(
  config: Config,
  {
    publicUrl,
    clock,
    random,
  }: { readonly publicUrl: string; readonly clock: Clock; readonly random: Random },
): Promise<Contexts> {
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
  const { engine, reader: db } = store
  const organizationEncryption = createOrganizationEncryption({
    rootEncryption,
    db,
    engine,
    clock,
    random,
    isFresh: feed.isFresh,
  })
  feed.subscribe(organizationEncryption)
  const base: ContextBase = {
    clock,
    random,
    digests,
    rootEncryption,
    organizationEncryption,
    outbound: createOutbound(config.allowPrivateNetwork),
    publicUrl,
    secretPrefix: config.secretPrefix,
    db,
  }
  const mutate = createMutate({
    store,
    feed,
    clock,
    appendAudit: (tx, request) => appendAudit(tx, base, request),
    isAppended,
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
  return { store, feed, base, createContext, asSystem, writeUnaudited: store.transact }
}

/**
 * Restricts an existing data directory to its owner: it contains the root key and the setup code.
 */
function restrictDataDirectory(directory: string): void {
  if (platform() === 'win32' || !existsSync(directory)) return
  if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700)
}
