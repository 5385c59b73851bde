import { createHash } from 'node:crypto'

/** The facts of one event that its hash covers, in the order of the hash. */
export type ChainedEvent = {
  readonly organizationId: string
  readonly sequence: number
  readonly id: string
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
  /** JSON text. */
  readonly changes: string
  readonly previousHash: string
}

/** What stands before the first event of a chain. */
export const GENESIS = ''

/**
 * The hash of an event: SHA-256, base64url, of the JSON list of its facts, the previous event's hash last.
 * Every fact is in the export, so anyone can recompute the chain from outside. The first member names the
 * form: a row cannot be relabelled to a weaker one.
 */
export function hashEvent(event: ChainedEvent): string {
  const facts = [
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
  ]
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url')
}

/** What is sealed for the end of a chain. */
export function headText(organizationId: string, sequence: number, hash: string): string {
  return JSON.stringify(['keyporter-audit-head-v1', organizationId, sequence, hash])
}
