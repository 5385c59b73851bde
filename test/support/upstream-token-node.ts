import { randomBytes } from 'node:crypto'
import { appendAudit, isAppended } from '../../packages/server/src/audit/index.ts'
import { loadInstallationKeys } from '../../packages/server/src/encryption/installation-keys.ts'
import { createOrganizationEncryption } from '../../packages/server/src/encryption/organization-encryption.ts'
import { type Context, type ContextBase, system } from '../../packages/server/src/kernel/context.ts'
import { createMutate } from '../../packages/server/src/kernel/mutate.ts'
import { createOutbound } from '../../packages/server/src/outbound/outbound.ts'
import { systemRandom } from '../../packages/server/src/platform/random.ts'
import { followChanges } from '../../packages/server/src/store/change-feed.ts'
import type { Store } from '../../packages/server/src/store/open.ts'
import { type ResolvedConnection } from '../../packages/server/src/stored/connection-lookup/index.ts'
import { overrideClaim } from '../../packages/server/src/stored/integrations/token-rows.ts'
import {
  createUpstreamTokens,
  type UpstreamTokens,
} from '../../packages/server/src/stored/upstream-tokens/index.ts'
import {
  type ReceivedToken,
  storeToken,
  type TokenConnection,
} from '../../packages/server/src/stored/upstream-tokens/stored-token.ts'
import { fingerprintInput } from '../../packages/server/src/stored/upstream-tokens/token-rules.ts'

/** The upstream tokens of one node, without a server. */
export type TokenNode = {
  readonly tokens: UpstreamTokens
  readonly ctx: Context
  readonly stop: () => Promise<void>
}

/** The parts that the nodes of one installation share. */
export type Installation = {
  readonly store: Store
  readonly clock: { readonly now: () => number }
}

const rootKey = randomBytes(32)

/** Starts a node. Nodes on one store share nothing else, like separate processes. */
export async function startTokenNode({ store, clock }: Installation): Promise<TokenNode> {
  const feed = await followChanges(store)
  const outbound = createOutbound(['127.0.0.1/32'])
  const random = systemRandom
  const { reader: db, engine } = store
  const { rootEncryption, digests } = await loadInstallationKeys(store, {
    configured: rootKey,
    previous: undefined,
    // A given root key is not looked up in the environment or the data directory.
    dataDirectory: '',
  })
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
    outbound,
    publicUrl: 'http://keyporter.test',
    secretPrefix: 'kp',
    db,
  }
  const mutate = createMutate({
    store,
    feed,
    clock,
    appendAudit: (tx, request) => appendAudit(tx, base, request),
    isAppended,
  })
  const asSystem = (organizationId: string): Context => {
    const caller = {
      actor: system,
      organizationId,
      operator: true,
      requestId: null,
      ip: null,
      userAgent: '',
    }
    return { ...base, ...caller, mutate: mutate(caller) }
  }
  const tokens = createUpstreamTokens({ base, feed, writeUnaudited: store.transact, asSystem })
  return {
    tokens,
    ctx: asSystem('org_1'),
    stop: async () => {
      await feed.stop()
      await outbound.close()
    },
  }
}

/** Inserts an organization with an integration and a connection. */
export async function insertConnectionRow(store: Store, id: string): Promise<void> {
  const by = { createdByType: 'system', createdById: null, createdByName: '' }
  const updated = { updatedAt: 0, updatedByType: 'system', updatedById: null, updatedByName: '' }
  await store.transact(async (tx) => {
    const organization = { id: 'org_1', name: '', slug: 's', operator: 1, features: '{}' }
    await tx
      .insertInto('organizations')
      .values({ ...organization, policy: '{}', createdAt: 0, updatedAt: 0, version: 1 })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const integration = { id: 'intg_1', organizationId: 'org_1', name: '', nameKey: '', notes: '' }
    const auth = { auth: '{"kind":"none"}', kind: 'none', headers: '[]' }
    await tx
      .insertInto('integrations')
      .values({
        ...integration,
        ...auth,
        ...by,
        ...updated,
        baseUrl: '',
        environment: 'production',
        organizationSpecific: 1,
        sharedFallback: 0,
        contentType: 'json',
        encryptedHeaders: null,
        headersVersion: 1,
        createdAt: 0,
        version: 1,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await tx
      .insertInto('connections')
      .values({
        id,
        integrationId: 'intg_1',
        owner: id,
        organizationId: 'org_1',
        ...auth,
        ...by,
        ...updated,
        secrets: '[]',
        encryptedSecrets: 'no ciphertext',
        secretsVersion: 1,
        status: 'untested',
        statusReason: null,
        expiresAt: null,
        testedAt: null,
        createdAt: 0,
        version: 1,
      })
      .execute()
  })
}

/** Stores the tokens of a member's consent, as the OAuth callback does. */
export async function storeConsent(
  {
    store,
    node,
    connection,
  }: {
    readonly store: Store
    readonly node: TokenNode
    readonly connection: TokenConnection
  },
  received: ReceivedToken,
): Promise<void> {
  const { connectionId, organizationId, auth } = connection
  const fingerprint = node.ctx.digests.keyedDigest(fingerprintInput(auth))
  await store.transact(async (tx) => {
    const claimant = 'of the tests'
    const version = (await overrideClaim(tx, organizationId, { connectionId, claimant })) ?? 0
    const before = { version, refreshToken: undefined }
    await storeToken(tx, node.ctx, { connection, fingerprint, before, received, claimant })
  })
}

/** Returns a connection as the connection lookup returns it. */
export function resolvedConnection<A extends ResolvedConnection['auth']>(
  connectionId: string,
  auth: A,
  version = '1.1',
): ResolvedConnection & { readonly connectionId: string; readonly auth: A } {
  return {
    integrationId: 'intg_1',
    integrationName: 'Weather',
    integrationOrganizationId: 'org_1',
    environment: 'production',
    origin: 'https://api.example.com',
    basePath: '',
    contentType: 'application/json',
    integrationHeaders: [],
    connectionHeaders: [],
    secretHeaderValues: [],
    connectionId,
    status: 'untested',
    organizationId: 'org_1',
    version,
    auth,
  }
}
