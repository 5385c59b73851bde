import { formatInstant, type HashedAuditEvent } from '@keyporter/protocol'
import { type CsvCell, csvLine } from '../platform/csv.ts'

const columns: Readonly<Record<string, (event: HashedAuditEvent) => CsvCell>> = {
  sequence: ({ sequence }) => sequence,
  id: ({ id }) => id,
  at: ({ at }) => formatInstant(at),
  action: ({ action }) => action,
  actorType: ({ actorType }) => actorType,
  actorId: ({ actorId }) => actorId,
  actorName: ({ actorName }) => actorName,
  targetType: ({ targetType }) => targetType,
  targetId: ({ targetId }) => targetId,
  targetName: ({ targetName }) => targetName,
  organizationId: ({ organizationId }) => organizationId,
  outcome: ({ outcome }) => outcome,
  reason: ({ reason }) => reason,
  ip: ({ ip }) => ip,
  requestId: ({ requestId }) => requestId,
  changes: ({ changes }) => changes,
  previousHash: ({ previousHash }) => previousHash,
  hash: ({ hash }) => hash,
}

export const csvHeader = csvLine(Object.keys(columns))

/**
 * Returns an event as a CSV line. A cell that starts like a formula gets the prefix `'`, hashes included:
 * only the NDJSON export is suitable to recompute the chain.
 */
export function toCsvLine(event: HashedAuditEvent): string {
  return csvLine(Object.values(columns).map((readCell) => readCell(event)))
}
