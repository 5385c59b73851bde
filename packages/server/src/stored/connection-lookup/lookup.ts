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
 * Finds the values for calls, in memory where it can: a warm look-up reads no row. While the change feed
 * cannot be read nothing is answered from memory.
 */
export type ConnectionLookup = {
  /**
   * At once where memory knows, else a promise; either way it may throw.
   *
   * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
   */
  readonly resolve: (query: ConnectionQuery) => ResolvedConnection | Promise<ResolvedConnection>
}

/** With what the look-up is made. */
export type LookupDeps = Pick<Context, 'db' | 'vault'> & { readonly feed: ChangeFeed }

/** Makes the look-up and ties it to the change feed. */
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

/** What one look-up has read: it decides on that, whatever becomes of memory meanwhile. */
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
    slot: (facts, holder) => found.slots.get(holder) ?? known.slot(facts, holder),
  }
}

async function lookUp(
  deps: Pick<Context, 'db' | 'vault'>,
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
      const { facts, holder } = unknown
      const read = () => readSlot(deps, facts, holder)
      found.slots.set(holder, await memory.loadSlot(facts, holder, read))
    }
  }
}
