import { type AuditLink, formatInstant } from '@keyporter/protocol'

/** The columns of the CSV, and the fact of each. */
const columns: Readonly<Record<string, (event: AuditLink) => string | number | null>> = {
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

/** Begins a formula in Excel, LibreOffice or Google Sheets (ASVS 5.0 1.2.10), full-width forms included. */
const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/

/** The first line. */
export const csvHeader = csvLine(Object.keys(columns))

/** One event as a line of CSV (RFC 4180). */
export function csvOfEvent(event: AuditLink): string {
  return csvLine(Object.values(columns).map((fact) => fact(event)))
}

/**
 * A line of CSV that no spreadsheet takes for a formula: a cell that would begin one has `'` before it.
 * So hashes may have one too; who wants to recompute the chain takes NDJSON.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
