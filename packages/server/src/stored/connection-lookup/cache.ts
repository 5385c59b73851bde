import type { Change, ChangeFeed } from '../../store/change-feed.ts'
import type { Knowledge } from './resolve.ts'
import type { IntegrationFacts, Slot } from './snapshot.ts'

/**
 * The cache of connection lookups. Changes evict entries; concurrent requests for the same entry
 * share one read.
 */
export type Memory = Knowledge & {
  readonly loadIntegration: (
    id: string,
    read: () => Promise<IntegrationFacts | undefined>,
  ) => Promise<IntegrationFacts | undefined>
  readonly loadStored: (organizationId: string, read: () => Promise<boolean>) => Promise<boolean>
  readonly loadSlot: (
    facts: IntegrationFacts,
    owner: string,
    read: () => Promise<Slot>,
  ) => Promise<Slot>
}

/** A cached integration with the cached lookup results of its owners. */
type Entry = { readonly facts: IntegrationFacts; readonly slots: Map<string, Slot> }

const SLOTS_MAX = 20_000
const ORGANIZATIONS_MAX = 100_000

/** Creates an empty cache that the change feed invalidates. */
export function createMemory(feed: Pick<ChangeFeed, 'subscribe' | 'isFresh'>): Memory {
  const entries = new Map<string, Entry>()
  const stored = new Map<string, boolean>()
  const integrationOf = new Map<string, string>()
  let slotCount = 0
  const flights = createFlights(feed.isFresh)

  const forget = (id: string): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entries.delete(id)
    slotCount -= entry.slots.size
    for (const slot of entry.slots.values()) integrationOf.delete(connectionOf(slot) ?? '')
  }
  const forgetAll = (): void => {
    for (const id of entries.keys()) forget(id)
  }
  const keepSlot = (facts: IntegrationFacts, owner: string, slot: Slot): void => {
    const { id } = facts.integration
    // A result that was read for another snapshot of the integration is not cached.
    if (entries.get(id)?.facts !== facts) return
    if (slotCount >= SLOTS_MAX) forget(entries.keys().next().value ?? '')
    const entry = entries.get(id)
    if (entry === undefined || entry.slots.has(owner)) return
    entry.slots.set(owner, slot)
    slotCount += 1
    const connectionId = connectionOf(slot)
    if (connectionId !== null) integrationOf.set(connectionId, id)
  }
  feed.subscribe(({ kind, subjectId }: Change) => {
    if (!relevant.has(kind)) return
    flights.outdate()
    if (kind === 'integration.changed') forget(subjectId)
    if (kind === 'connection.changed') forget(integrationOf.get(subjectId) ?? '')
    if (kind === 'organization.changed') stored.delete(subjectId)
    if (kind === 'organization_keys.changed') forgetAll()
  })
  return {
    integration: (id) => entries.get(id)?.facts,
    stored: (id) => stored.get(id),
    slot: (facts, owner) => {
      const entry = entries.get(facts.integration.id)
      return entry?.facts === facts ? entry.slots.get(owner) : undefined
    },
    loadIntegration: (id, read) =>
      flights.join(`integration ${id}`, read, (facts) => {
        if (facts === undefined) return
        forget(id)
        if (entries.size >= SLOTS_MAX) forget(entries.keys().next().value ?? '')
        entries.set(id, { facts, slots: new Map() })
      }),
    loadStored: (id, read) =>
      flights.join(`organization ${id}`, read, (hasIt) => {
        if (stored.size >= ORGANIZATIONS_MAX) stored.clear()
        // Only positive results are cached, so that unknown organizations cannot fill the cache.
        if (hasIt) stored.set(id, hasIt)
      }),
    loadSlot: (facts, owner, read) =>
      flights.join(`slot ${facts.integration.id} ${owner}`, read, (slot) =>
        keepSlot(facts, owner, slot),
      ),
  }
}

const relevant: ReadonlySet<Change['kind']> = new Set([
  'integration.changed',
  'connection.changed',
  'organization.changed',
  'organization_keys.changed',
])

function connectionOf(slot: Slot): string | null {
  if (slot.kind === 'found') return slot.resolved.connectionId
  return slot.kind === 'lost' ? slot.connectionId : null
}

/**
 * Deduplicates reads in progress. A read that started before a change is neither joined nor cached
 * after the change.
 */
function createFlights(isFresh: () => boolean) {
  let running = new Map<string, Promise<unknown>>()
  return {
    outdate: (): void => {
      running = new Map()
    },
    join: async <T>(name: string, read: () => Promise<T>, keep: (value: T) => void): Promise<T> => {
      const flights = running
      const known = isFresh() ? flights.get(name) : undefined
      // safe because each name is used with one result type
      if (known !== undefined) return known as Promise<T>
      const started = read()
        .then((value) => {
          if (running === flights) keep(value)
          return value
        })
        .finally(() => void flights.delete(name))
      flights.set(name, started)
      return started
    },
  }
}
