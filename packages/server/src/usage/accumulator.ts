import type { UsageOutcome } from '@keyporter/contract'

/** One use of a credential, as verification and the token endpoint report it. */
export type Use = {
  readonly credential: { readonly id: string; readonly organizationId: string }
  /** The secret that was presented, where one was. */
  readonly secretId?: string | undefined
  /** One of the contract's `usageOutcomes`. */
  readonly outcome: string
  /** The permissions that were asked for. Counted with the outcome `valid` alone: only then were they used. */
  readonly permissions: readonly string[]
  /** Empty where it is not known. */
  readonly ip: string
}

/** How often something happened within one hour. */
export type UsageCount = {
  readonly credentialId: string
  readonly organizationId: string
  /** Start of the hour, UTC milliseconds. */
  readonly hour: number
  readonly outcome: string
  /** A permission, or empty for the uses themselves. */
  readonly permission: string
  readonly count: number
}

/** When a credential or a secret was last used. */
export type LastUse = {
  readonly subjectId: string
  readonly organizationId: string
  readonly at: number
  /** Empty where it is not known. */
  readonly ip: string
}

/** What has gathered since the last time it was taken, in an order that is the same on every node. */
export type UsageBatch = {
  readonly counts: readonly UsageCount[]
  readonly lastUses: readonly LastUse[]
}

/** Gathers usage in memory. */
export type UsageAccumulator = {
  /** Counts a use: some 100 ns, without allocating when the like was counted since the last flush. */
  readonly record: (use: Use, atMs: number) => void
  readonly take: () => UsageBatch
  /** Puts a batch back that could not be written. */
  readonly putBack: (batch: UsageBatch) => void
  /** How many uses found no room, because nothing could be written for long. */
  readonly droppedCount: () => number
}

type Counter = { count: number; readonly permissions: Map<string, { count: number }> }
type Seen = { atMs: number; ip: string; readonly organizationId: string }
type Entry = { readonly organizationId: string; readonly outcomes: Map<string, Counter> }

const HOUR_MS = 3_600_000

/** About 30 MB; a busy second has some thousand. */
const COUNTERS_MAX = 200_000

/**
 * Outcomes after which a credential counts as used: it was accepted as what it is, whether or not it
 * was good for what was asked. An attempt with a revoked or expired one is counted, but is no use.
 */
const usingOutcomes: ReadonlySet<string> = new Set<UsageOutcome>([
  'valid',
  'token_issued',
  'insufficient_permissions',
  'unmapped_operation',
  'wrong_api',
  'rate_limited',
])

/** Makes an empty accumulator that holds at most `countersMax` different counters. */
export function createUsageAccumulator(countersMax = COUNTERS_MAX): UsageAccumulator {
  let hours = new Map<number, Map<string, Entry>>()
  let seen = new Map<string, Seen>()
  let counterCount = 0
  let dropped = 0
  // Almost every use falls into the hour of the one before it.
  let hour = Number.NaN
  let entries = new Map<string, Entry>()

  const hasRoom = (): boolean => {
    if (counterCount < countersMax) {
      counterCount += 1
      return true
    }
    dropped += 1
    return false
  }
  const enterHour = (next: number): void => {
    hour = next
    const known = hours.get(next)
    entries = known ?? new Map()
    if (known === undefined) hours.set(next, entries)
  }
  const counterOf = (
    credentialId: string,
    organizationId: string,
    outcome: string,
  ): Counter | undefined => {
    let entry = entries.get(credentialId)
    const known = entry?.outcomes.get(outcome)
    if (known !== undefined) return known
    if (!hasRoom()) return undefined
    if (entry === undefined) {
      entry = { organizationId, outcomes: new Map() }
      entries.set(credentialId, entry)
    }
    const counter = { count: 0, permissions: new Map() }
    entry.outcomes.set(outcome, counter)
    return counter
  }
  const addPermission = (counter: Counter, permission: string, count: number): void => {
    const known = counter.permissions.get(permission)
    if (known !== undefined) known.count += count
    else if (hasRoom()) counter.permissions.set(permission, { count })
  }
  const see = (subjectId: string, organizationId: string, atMs: number, ip: string): void => {
    const known = seen.get(subjectId)
    if (known === undefined) {
      if (hasRoom()) seen.set(subjectId, { atMs, ip, organizationId })
    } else if (atMs >= known.atMs) {
      known.atMs = atMs
      known.ip = ip
    }
  }
  return {
    record: ({ credential, secretId, outcome, permissions, ip }, atMs) => {
      const { id, organizationId } = credential
      const start = atMs - (atMs % HOUR_MS)
      if (start !== hour) enterHour(start)
      const counter = counterOf(id, organizationId, outcome)
      if (counter === undefined) return
      counter.count += 1
      if (outcome === 'valid') {
        for (const permission of permissions) addPermission(counter, permission, 1)
      }
      if (!usingOutcomes.has(outcome)) return
      see(id, organizationId, atMs, ip)
      if (secretId !== undefined) see(secretId, organizationId, atMs, ip)
    },
    take: () => {
      const batch = { counts: flattenCounts(hours), lastUses: flattenSeen(seen) }
      hours = new Map()
      seen = new Map()
      counterCount = 0
      hour = Number.NaN
      return batch
    },
    putBack: ({ counts, lastUses }) => {
      for (const row of counts) {
        if (row.hour !== hour) enterHour(row.hour)
        const counter = counterOf(row.credentialId, row.organizationId, row.outcome)
        if (counter === undefined) continue
        if (row.permission === '') counter.count += row.count
        else addPermission(counter, row.permission, row.count)
      }
      for (const row of lastUses) see(row.subjectId, row.organizationId, row.at, row.ip)
    },
    droppedCount: () => dropped,
  }
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

function flattenSeen(seen: ReadonlyMap<string, Seen>): LastUse[] {
  return inOrder(seen).map(([subjectId, { organizationId, atMs, ip }]) => ({
    subjectId,
    organizationId,
    at: atMs,
    ip,
  }))
}

// One order everywhere: two nodes that write the same rows never wait for each other in a circle.
function inOrder<K extends string | number, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
