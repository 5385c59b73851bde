/** The hash chain of the audit log: what is hashed, and what a chain must hold to be whole. */

import { parseInstant } from './instant.ts'
import { isJsonObject } from './json.ts'

/** The facts of one event that its hash covers. */
export type AuditEventFields = {
  readonly organizationId: string
  /** 1 for the first event of an organization, then without a gap. */
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
  /** JSON text, as `JSON.stringify` writes it. */
  readonly changes: string
  /** Hash of the event before; {@link AUDIT_GENESIS} for the first. */
  readonly previousHash: string
}

/** An event with the hash that it claims to have. */
export type AuditLink = AuditEventFields & { readonly hash: string }

/** A place in a chain: the number of an event and its hash. */
export type AuditHead = { readonly sequence: number; readonly hash: string }

/** Why a chain is not whole, and at which number. */
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

/** What stands before the first event of a chain. */
export const AUDIT_GENESIS = ''

/** The place before the first event. */
export const AUDIT_START: AuditHead = { sequence: 0, hash: AUDIT_GENESIS }

/**
 * The text whose SHA-256, in base64url, is the hash of an event: the JSON list of its facts, the
 * previous event's hash last. The first member names the form, so that an event cannot be relabelled
 * to a weaker one.
 */
export function auditEventText(event: AuditEventFields): string {
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
 * What is wrong with an event as the next one after `previous`, or `undefined`.
 *
 * @param link `organizationId` is the one whose chain it is; `computedHash` the hash of
 *   {@link auditEventText}, which the caller computes, because that takes a source of SHA-256
 */
export function checkAuditLink(
  previous: AuditHead,
  link: {
    readonly event: AuditLink
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
    return problem(event.sequence, 'duplicate', `There are two events ${event.sequence}.`)
  }
  if (event.sequence < expected) {
    return problem(event.sequence, 'out_of_order', `Event ${event.sequence} is out of its order.`)
  }
  if (event.previousHash !== previous.hash) {
    const detail = `Event ${event.sequence} does not follow from the one before it.`
    return problem(event.sequence, 'broken_link', detail)
  }
  if (event.hash === computedHash) return undefined
  return problem(event.sequence, 'altered', `Event ${event.sequence} is not what was hashed.`)
}

/**
 * What is wrong with a chain that ends at `end`, given a head that was kept elsewhere, or `undefined`.
 *
 * @param kept `hashAt` is the chain's own hash at the kept head's number
 */
export function checkStoredHead(
  end: AuditHead,
  kept: { readonly head: AuditHead; readonly hashAt: string | undefined },
): AuditProblem | undefined {
  const { head, hashAt } = kept
  if (head.sequence > end.sequence) {
    const detail = `The log ended at ${head.sequence} once, and ends at ${end.sequence} now.`
    return problem(end.sequence + 1, 'truncated', detail)
  }
  if (head.hash === hashAt) return undefined
  const detail = `Event ${head.sequence} is not the one whose hash was kept.`
  return problem(head.sequence, 'different_head', detail)
}

/**
 * Reads one event of an export: a line of the NDJSON, parsed. `undefined` when a fact is missing or of
 * the wrong kind.
 *
 * @example readAuditLink(JSON.parse(line))?.sequence // 17
 */
export function readAuditLink(value: unknown): AuditLink | undefined {
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
  if (!areTexts(texts) || !areTextsOrNull(optional)) return undefined
  return { ...texts, ...optional, at, sequence, changes: JSON.stringify(changes) }
}

function problem(sequence: number, kind: AuditProblem['kind'], detail: string): AuditProblem {
  return { sequence, kind, detail }
}

function areTexts<K extends string>(
  values: Readonly<Record<K, unknown>>,
): values is Readonly<Record<K, string>> {
  return Object.values(values).every((value) => typeof value === 'string')
}

function areTextsOrNull<K extends string>(
  values: Readonly<Record<K, unknown>>,
): values is Readonly<Record<K, string | null>> {
  return Object.values(values).every((value) => value === null || typeof value === 'string')
}
