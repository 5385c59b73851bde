import { findOrganization } from '../../identity/organizations/index.ts'
import type { Context } from '../../kernel/context.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import { createMemory, type Memory } from './cache.ts'
import {
  type ConnectionQuery,
  type Knowledge,
  type Resolution,
  resolveConnection,
  type Unknown,
} from './resolve.ts'
import type { ResolvedConnection } from './resolved.ts'
import { type IntegrationFacts, readIntegration, readSlot, type Slot } from './snapshot.ts'

/**
 * Finds the connection for a call. A cached lookup reads no row. The cache is bypassed while the
 * change feed cannot be read.
 */
export type ConnectionLookup = {
  /**
   * Returns the connection synchronously if it is cached, otherwise a promise. Both can fail.
   *
   * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
   */
  readonly resolve: (query: ConnectionQuery) => ResolvedConnection | Promise<ResolvedConnection>
}

/** The dependencies of the lookup. */
export type LookupDeps = Pick<Context, 'db' | 'organizationEncryption'> & {
  readonly feed: ChangeFeed
}

/** Creates a lookup with a cache that the change feed invalidates. */
export function createConnectionLookup({ feed, ...deps }: LookupDeps): ConnectionLookup {
  const memory = createMemory(feed)
  const present = (): Knowledge => (feed.isFresh() ? memory : nothing)
  const find = async (query: ConnectionQuery): Promise<ResolvedConnection> => {
    const found = createFindings()
    for (;;) {
      const resolution = resolveConnection(query, withFindings(found, present()))
      if (resolution.kind === 'resolved') return resolution.resolved
      await lookUp(deps, memory, { unknown: resolution.unknown, found })
    }
  }
  return {
    resolve: (query) => {
      const resolution: Resolution = resolveConnection(query, present())
      return resolution.kind === 'resolved' ? resolution.resolved : find(query)
    },
  }
}

const nothing: Knowledge = {
  integration: () => undefined,
  stored: () => undefined,
  slot: () => undefined,
}

/**
 * The rows read by one lookup. The lookup decides on these rows even if the cache changes
 * meanwhile.
 */
type Findings = {
  readonly integrations: Map<string, IntegrationFacts | null>
  readonly stored: Map<string, boolean>
  readonly slots: Map<string, Slot>
}

function createFindings(): Findings {
  return { integrations: new Map(), stored: new Map(), slots: new Map() }
}

function withFindings(found: Findings, known: Knowledge): Knowledge {
  return {
    integration: (id) =>
      found.integrations.has(id) ? found.integrations.get(id) : known.integration(id),
    stored: (id) => found.stored.get(id) ?? known.stored(id),
    slot: (facts, owner) => found.slots.get(owner) ?? known.slot(facts, owner),
  }
}

async function lookUp(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  memory: Memory,
  { unknown, found }: { readonly unknown: Unknown; readonly found: Findings },
): Promise<void> {
  switch (unknown.by) {
    case 'integration': {
      const { id } = unknown
      const facts = await memory.loadIntegration(id, () => readIntegration(deps, id))
      found.integrations.set(id, facts ?? null)
      return
    }
    case 'organization': {
      const { id } = unknown
      const hasIt = async () => (await findOrganization(deps.db, id))?.features.stored === true
      found.stored.set(id, await memory.loadStored(id, hasIt))
      return
    }
    case 'slot': {
      const { facts, owner } = unknown
      const read = () => readSlot(deps, facts, owner)
      found.slots.set(owner, await memory.loadSlot(facts, owner, read))
    }
  }
}
