import { formatInstant } from '@keyporter/protocol'
import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry } from '../../kernel/context.ts'
import type { StoredCredential } from './rows.ts'

/** Returns the audit entry of a new credential. */
export function auditCreated(credential: StoredCredential): AuditEntry {
  const set = (to: unknown) => ({ from: null, to })
  return {
    action: 'credential.created',
    target: { type: 'credential', id: credential.id, name: credential.name },
    organizationId: credential.organizationId,
    changes: {
      name: set(credential.name),
      ...(credential.notes === '' ? {} : { notes: set(credential.notes) }),
      clientId: set(credential.clientId),
      apiId: set(credential.apiId),
      environment: set(credential.environment),
      kind: set(credential.kind),
      expiresAt: set(formatInstant(credential.expiresAt)),
      ...(credential.kind === 'full_access'
        ? {}
        : { permissions: describeListChange([], credential.permissions) }),
    },
  }
}

/** Returns the difference between two versions of a credential; empty when nothing changed. */
export function describeUpdate(
  before: StoredCredential,
  after: StoredCredential,
): NonNullable<AuditEntry['changes']> {
  const toReadable = (credential: StoredCredential) => ({
    ...credential,
    expiresAt: formatInstant(credential.expiresAt),
  })
  const isSame = before.permissions.join(' ') === after.permissions.join(' ')
  return {
    ...describeChange(toReadable(before), toReadable(after), ['name', 'notes', 'expiresAt']),
    ...(isSame ? {} : { permissions: describeListChange(before.permissions, after.permissions) }),
  }
}
