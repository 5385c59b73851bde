/** The hash chain of the audit log: the hashed text of an event, and the checks of a chain. */

import { parseInstant } from './instant.ts'
import { isJsonObject } from './json.ts'

/** The fields of an event that its hash covers. */
export type AuditEventFields = {
  readonly organizationId: string
  /** Starts at 1 for each organization. Has no gaps. */
  readonly sequence: number
  readonly id: string
  /** Milliseconds since 1970 UTC. */
  readonly at: number
  readonly action: string
  readonly actorType: string
  readonly actorId: string | null
  readonly actorName: string
  readonly targetType: string
  readonly targetId: string | null
  readonly targetName: string
  readonly outcome: string
  readonly reason: string | null
  readonly ip: string | null
  readonly requestId: string | null
  /** JSON, in the format of `JSON.stringify`. */
  readonly changes: string
  /** The hash of the previous event. {@link NO_PREVIOUS_HASH} for the first event. */
  readonly previousHash: string
}

/** An event with its stored hash, which is not verified yet. */
export type HashedAuditEvent = AuditEventFields & { readonly hash: string }

/** The sequence number and the hash of one event in a chain. */
export type AuditHead = { readonly sequence: number; readonly hash: string }

/** A violation of the chain, with the sequence number where it occurs. */
export type AuditProblem = {
  readonly sequence: number
  readonly kind:
    | 'altered'
    | 'missing'
    | 'duplicate'
    | 'out_of_order'
    | 'broken_link'
    | 'foreign'
    | 'unreadable'
    | 'truncated'
    | 'different_head'
  readonly detail: string
}

/** The `previousHash` of the first event. */
export const NO_PREVIOUS_HASH = ''

/** The head of an empty chain. */
export const EMPTY_CHAIN_HEAD: AuditHead = { sequence: 0, hash: NO_PREVIOUS_HASH }

/**
 * Returns the text whose SHA-256, in base64url, is the hash of an event: a JSON array of its fields that
 * ends with the previous hash. The first member is the format version, which prevents downgrades.
 */
export function auditHashInput(event: AuditEventFields): string {
  return JSON.stringify([
    'keyporter-audit-v1',
    event.organizationId,
    event.sequence,
    event.id,
    event.at,
    event.action,
    event.actorType,
    event.actorId,
    event.actorName,
    event.targetType,
    event.targetId,
    event.targetName,
    event.outcome,
    event.reason,
    event.ip,
    event.requestId,
    event.changes,
    event.previousHash,
  ])
}

/**
 * Checks that an event is intact and follows `previous`. Returns the problem, or `undefined`.
 *
 * @param link `organizationId`: the owner of the chain. `computedHash`: the hash of
 *   {@link auditHashInput}, which the caller computes, because this package has no SHA-256
 */
export function verifyAuditEvent(
  previous: AuditHead,
  link: {
    readonly event: HashedAuditEvent
    readonly organizationId: string
    readonly computedHash: string
  },
): AuditProblem | undefined {
  const { event, organizationId, computedHash } = link
  const expected = previous.sequence + 1
  if (event.organizationId !== organizationId) {
    return problem(event.sequence, 'foreign', 'The event belongs to another organization.')
  }
  if (event.sequence > expected) {
    return problem(expected, 'missing', `Event ${expected} is missing.`)
  }
  if (event.sequence === previous.sequence) {
    return problem(event.sequence, 'duplicate', `Event ${event.sequence} occurs twice.`)
  }
  if (event.sequence < expected) {
    return problem(event.sequence, 'out_of_order', `Event ${event.sequence} is out of order.`)
  }
  if (event.previousHash !== previous.hash) {
    const detail = `Event ${event.sequence} does not contain the hash of the previous event.`
    return problem(event.sequence, 'broken_link', detail)
  }
  if (event.hash === computedHash) return undefined
  return problem(event.sequence, 'altered', `Event ${event.sequence} does not match its hash.`)
}

/**
 * Checks an intact chain against a head that was stored elsewhere. Returns the problem, or `undefined`.
 *
 * @param end the last event of the chain
 * @param stored `hashAt`: the hash of the event in the chain with the sequence number of the stored head
 */
export function verifyStoredHead(
  end: AuditHead,
  stored: { readonly head: AuditHead; readonly hashAt: string | undefined },
): AuditProblem | undefined {
  const { head, hashAt } = stored
  if (head.sequence > end.sequence) {
    const detail = `The stored head is event ${head.sequence}, but the log ends at event ${end.sequence}.`
    return problem(end.sequence + 1, 'truncated', detail)
  }
  if (head.hash === hashAt) return undefined
  const detail = `Event ${head.sequence} does not match the stored head.`
  return problem(head.sequence, 'different_head', detail)
}

/**
 * Parses one event of an NDJSON export: its line as JSON. Returns `undefined` when a field is missing
 * or has the wrong type.
 *
 * @example parseAuditEvent(JSON.parse(line))?.sequence // 17
 */
export function parseAuditEvent(value: unknown): HashedAuditEvent | undefined {
  if (!isJsonObject(value)) return undefined
  const { actor, target, changes } = value
  if (!isJsonObject(actor) || !isJsonObject(target) || !isJsonObject(changes)) return undefined
  const at = typeof value['at'] === 'string' ? parseInstant(value['at']) : undefined
  const sequence = value['sequence']
  if (at === undefined || typeof sequence !== 'number' || !Number.isSafeInteger(sequence)) {
    return undefined
  }
  const texts = {
    organizationId: value['organizationId'],
    id: value['id'],
    action: value['action'],
    actorType: actor['type'],
    actorName: actor['name'],
    targetType: target['type'],
    targetName: target['name'],
    outcome: value['outcome'],
    previousHash: value['previousHash'],
    hash: value['hash'],
  }
  const optional = {
    actorId: actor['id'],
    targetId: target['id'],
    reason: value['reason'],
    ip: value['ip'],
    requestId: value['requestId'],
  }
  if (!areStrings(texts) || !areStringsOrNull(optional)) return undefined
  return { ...texts, ...optional, at, sequence, changes: JSON.stringify(changes) }
}

function problem(sequence: number, kind: AuditProblem['kind'], detail: string): AuditProblem {
  return { sequence, kind, detail }
}

function areStrings<K extends string>(
  values: Readonly<Record<K, unknown>>,
): values is Readonly<Record<K, string>> {
  return Object.values(values).every((value) => typeof value === 'string')
}

function areStringsOrNull<K extends string>(
  values: Readonly<Record<K, unknown>>,
): values is Readonly<Record<K, string | null>> {
  return Object.values(values).every((value) => value === null || typeof value === 'string')
}
