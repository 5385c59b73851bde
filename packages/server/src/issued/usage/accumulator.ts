import type { UsageOutcome } from '@keyporter/contract'
import type { Use } from '../../kernel/record-use.ts'

/** The number of uses within one hour. */
export type UsageCount = {
  readonly credentialId: string
  readonly organizationId: string
  /** The start of the hour, in UTC milliseconds. */
  readonly hour: number
  readonly outcome: string
  /** A permission; empty for the total of all uses. */
  readonly permission: string
  readonly count: number
}

/** The last use of a credential, secret, integration or connection. */
export type LastUse = {
  readonly subjectId: string
  readonly organizationId: string
  readonly at: number
  /** Empty when unknown. */
  readonly ip: string
}

/** The usage since the previous batch, in an order that is the same on every node. */
export type UsageBatch = {
  readonly counts: readonly UsageCount[]
  readonly lastUses: readonly LastUse[]
}

/** Accumulates usage in memory. */
export type UsageAccumulator = {
  /** Counts a use. Takes about 100 ns, without allocation if its counters exist since the last flush. */
  readonly record: (use: Use, atMs: number) => void
  /** Records the last use of an integration or connection, whose uses are not counted. */
  readonly recordLastUse: (subject: Use['credential'], atMs: number) => void
  /** Returns the accumulated usage and resets the accumulator. */
  readonly take: () => UsageBatch
  /** Restores a batch that could not be written. */
  readonly putBack: (batch: UsageBatch) => void
  /** The number of uses that were dropped because the accumulator was full. */
  readonly droppedCount: () => number
}

type Counter = { count: number; readonly permissions: Map<string, { count: number }> }
type LastSeen = { atMs: number; ip: string }
/** The usage of one credential within one hour, in one entry: a use needs only one lookup in a large map. */
type Entry = LastSeen & {
  readonly organizationId: string
  readonly outcomes: Map<string, Counter>
  readonly secrets: Map<string, LastSeen>
}

const HOUR_MS = 3_600_000
const NEVER = -1

/** About 30 MB. A busy second needs a few thousand. */
const COUNTERS_MAX = 200_000

/**
 * The outcomes that update the last use: the credential was authenticated, with or without sufficient permissions.
 * Attempts with a revoked or expired credential are only counted.
 */
const authenticatedOutcomes: ReadonlySet<string> = new Set<UsageOutcome>([
  'valid',
  'token_issued',
  'insufficient_permissions',
  'unmapped_operation',
  'wrong_api',
  'rate_limited',
])

/** Creates an accumulator with at most `countersMax` counters. */
export function createUsageAccumulator(countersMax = COUNTERS_MAX): UsageAccumulator {
  let hours = new Map<number, Map<string, Entry>>()
  let counterCount = 0
  let dropped = 0
  // Cache the current hour: consecutive uses almost always have the same one.
  let hour = Number.NaN
  let entries = new Map<string, Entry>()

  const reserveCounter = (): boolean => {
    if (counterCount < countersMax) {
      counterCount += 1
      return true
    }
    dropped += 1
    return false
  }
  const entryOf = (start: number, credentialId: string, organizationId: string) => {
    if (start !== hour) {
      hour = start
      const known = hours.get(start)
      entries = known ?? new Map()
      if (known === undefined) hours.set(start, entries)
    }
    const known = entries.get(credentialId)
    if (known !== undefined) return known
    if (!reserveCounter()) return undefined
    const entry = { organizationId, outcomes: new Map(), secrets: new Map(), atMs: NEVER, ip: '' }
    entries.set(credentialId, entry)
    return entry
  }
  const add = (entry: Entry, outcome: string, count: number): Counter | undefined => {
    const known = entry.outcomes.get(outcome)
    if (known !== undefined) {
      known.count += count
      return known
    }
    if (!reserveCounter()) return undefined
    const counter = { count, permissions: new Map() }
    entry.outcomes.set(outcome, counter)
    return counter
  }
  const addPermission = (counter: Counter, permission: string, count: number): void => {
    const known = counter.permissions.get(permission)
    if (known !== undefined) known.count += count
    else if (reserveCounter()) counter.permissions.set(permission, { count })
  }
  const updateSecret = (entry: Entry, secretId: string, atMs: number, ip: string): void => {
    const known = entry.secrets.get(secretId)
    if (known !== undefined) updateLastSeen(known, atMs, ip)
    else if (reserveCounter()) entry.secrets.set(secretId, { atMs, ip })
  }
  return {
    record: ({ credential, secretId, outcome, permissions, ip }, atMs) => {
      const entry = entryOf(atMs - (atMs % HOUR_MS), credential.id, credential.organizationId)
      if (entry === undefined) return
      const counter = add(entry, outcome, 1)
      if (counter !== undefined && outcome === 'valid') {
        for (const permission of permissions) addPermission(counter, permission, 1)
      }
      if (!authenticatedOutcomes.has(outcome)) return
      updateLastSeen(entry, atMs, ip)
      if (secretId !== undefined) updateSecret(entry, secretId, atMs, ip)
    },
    recordLastUse: ({ id, organizationId }, atMs) => {
      const entry = entryOf(atMs - (atMs % HOUR_MS), id, organizationId)
      if (entry !== undefined) updateLastSeen(entry, atMs, '')
    },
    take: () => {
      const batch = { counts: flattenCounts(hours), lastUses: flattenUses(hours) }
      hours = new Map()
      counterCount = 0
      hour = Number.NaN
      return batch
    },
    putBack: ({ counts, lastUses }) => {
      for (const { hour: start, credentialId, organizationId, ...row } of counts) {
        const entry = entryOf(start, credentialId, organizationId)
        if (entry === undefined) continue
        const counter = add(entry, row.outcome, row.permission === '' ? row.count : 0)
        if (row.permission !== '' && counter !== undefined)
          addPermission(counter, row.permission, row.count)
      }
      for (const { subjectId, organizationId, at, ip } of lastUses) {
        const entry = entryOf(at - (at % HOUR_MS), subjectId, organizationId)
        if (entry !== undefined) updateLastSeen(entry, at, ip)
      }
    },
    droppedCount: () => dropped,
  }
}

function updateLastSeen(seen: LastSeen, atMs: number, ip: string): void {
  if (atMs < seen.atMs) return
  seen.atMs = atMs
  seen.ip = ip
}

function flattenCounts(hours: ReadonlyMap<number, ReadonlyMap<string, Entry>>): UsageCount[] {
  const rows: UsageCount[] = []
  for (const [hour, entries] of inOrder(hours)) {
    for (const [credentialId, { organizationId, outcomes }] of inOrder(entries)) {
      for (const [outcome, { count, permissions }] of inOrder(outcomes)) {
        const row = { credentialId, organizationId, hour, outcome }
        if (count > 0) rows.push({ ...row, permission: '', count })
        for (const [permission, used] of inOrder(permissions))
          rows.push({ ...row, permission, count: used.count })
      }
    }
  }
  return rows
}

function flattenUses(hours: ReadonlyMap<number, ReadonlyMap<string, Entry>>): LastUse[] {
  const uses = new Map<string, LastUse>()
  const update = (subjectId: string, organizationId: string, { atMs, ip }: LastSeen): void => {
    const known = uses.get(subjectId)
    if (atMs === NEVER || (known !== undefined && known.at > atMs)) return
    uses.set(subjectId, { subjectId, organizationId, at: atMs, ip })
  }
  for (const entries of hours.values()) {
    for (const [credentialId, entry] of entries) {
      update(credentialId, entry.organizationId, entry)
      for (const [secretId, seen] of entry.secrets) update(secretId, entry.organizationId, seen)
    }
  }
  return inOrder(uses).map(([, use]) => use)
}

// Every node writes rows in the same order, which prevents deadlocks between nodes.
function inOrder<K extends string | number, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
