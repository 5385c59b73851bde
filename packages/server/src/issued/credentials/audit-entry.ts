import { auditedFields } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import { type Changes, describeChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry } from '../../kernel/context.ts'
import type { StoredCredential } from './rows.ts'

/** Returns the audit entry of a new credential. */
export function auditCreated(credential: StoredCredential): AuditEntry {
  return {
    action: 'credential.created',
    target: { type: 'credential', id: credential.id, name: credential.name },
    organizationId: credential.organizationId,
    changes: describeCredential(undefined, credential),
  }
}

/** Returns the changes of a credential. `before` is undefined for a new one. */
export function describeCredential(
  before: StoredCredential | undefined,
  after: StoredCredential,
): Changes {
  const readable = (credential: StoredCredential) => ({
    ...credential,
    expiresAt: formatInstant(credential.expiresAt),
  })
  return describeChange(before && readable(before), readable(after), auditedFields.credential)
}
