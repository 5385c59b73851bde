import { type AuditLink, formatInstant } from '@keyporter/protocol'
import { type CsvCell, csvLine } from '../platform/csv.ts'

/** The columns of the CSV, and the fact of each. */
const columns: Readonly<Record<string, (event: AuditLink) => CsvCell>> = {
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

/** The first line. */
export const csvHeader = csvLine(Object.keys(columns))

/**
 * One event as a line of CSV. A hash too may have `'` before it, where it would begin a formula; who wants
 * to recompute the chain takes NDJSON.
 */
export function toCsvLine(event: AuditLink): string {
  return csvLine(Object.values(columns).map((fact) => fact(event)))
}
