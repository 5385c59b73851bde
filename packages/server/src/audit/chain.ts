import { createHash } from 'node:crypto'
import { type AuditEventFields, auditEventText } from '@keyporter/protocol'

/** The hash of an event: SHA-256, base64url, of its text. Anyone can recompute it from an export. */
export function hashEvent(event: AuditEventFields): string {
  return createHash('sha256').update(auditEventText(event)).digest('base64url')
}

/** What is sealed for the end of a chain. */
export function headText(organizationId: string, sequence: number, hash: string): string {
  return JSON.stringify(['keyporter-audit-head-v1', organizationId, sequence, hash])
}
