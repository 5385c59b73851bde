import type { Output, routes } from '@keyporter/contract'
import { formatInstant, type HashedAuditEvent, isJsonObject } from '@keyporter/protocol'

type AuditEvent = Output<typeof routes.auditEvents.list>['data'][number]

/** Returns an event for a response: all fields that the hash covers, and the hash. */
export function toAuditEvent(event: HashedAuditEvent): AuditEvent {
  return {
    id: event.id,
    sequence: event.sequence,
    at: formatInstant(event.at),
    action: event.action,
    actor: { type: parseActorType(event.actorType), id: event.actorId, name: event.actorName },
    target: { type: event.targetType, id: event.targetId, name: event.targetName },
    organizationId: event.organizationId,
    outcome: event.outcome === 'refused' ? 'refused' : 'success',
    reason: event.reason,
    ip: event.ip,
    requestId: event.requestId,
    changes: parseChanges(event.changes),
    previousHash: event.previousHash,
    hash: event.hash,
  }
}

function parseActorType(text: string): AuditEvent['actor']['type'] {
  if (text === 'member' || text === 'credential' || text === 'system') return text
  return 'anonymous'
}

function parseChanges(text: string): AuditEvent['changes'] {
  const parsed: unknown = JSON.parse(text)
  if (!isJsonObject(parsed)) return {}
  return Object.fromEntries(
    Object.entries(parsed).map(([field, change]) => {
      if (!isJsonObject(change)) return [field, { from: null, to: null }]
      return [field, { from: change['from'], to: change['to'] }]
    }),
  )
}
