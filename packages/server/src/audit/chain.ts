import { createHash } from 'node:crypto'
import { type AuditEventFields, auditHashInput } from '@keyporter/protocol'

/** Returns the SHA-256 of an event's text, in base64url. Anyone can recompute it from an export. */
export function hashEvent(event: AuditEventFields): string {
  return createHash('sha256').update(auditHashInput(event)).digest('base64url')
}

/** Returns the text that the MAC of a chain's head covers. */
export function headText(organizationId: string, sequence: number, hash: string): string {
  return JSON.stringify(['keyporter-audit-head-v1', organizationId, sequence, hash])
}
