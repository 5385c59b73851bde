import { formatInstant } from '@keyporter/protocol'
import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry } from '../../kernel/context.ts'
import type { ConnectionColumns } from './connection-rows.ts'
import { SHARED } from './connection-rows.ts'
import { describeHeaders } from './headers.ts'
import { type StoredIntegration } from './rows.ts'

/** Returns the name of a connection in the audit log. */
export function connectionName({ name }: StoredIntegration, owner: string): string {
  return `${name}, ${owner === SHARED ? SHARED : `for ${owner}`}`
}

/**
 * Returns the changes of a connection for the audit log. Of secrets, only the field names are
 * recorded.
 */
export function describePut(
  before: ConnectionColumns | undefined,
  after: ConnectionColumns,
): NonNullable<AuditEntry['changes']> {
  const readable = ({ kind, auth, expiresAt }: ConnectionColumns) => ({
    kind,
    auth,
    expiresAt: expiresAt === null ? null : formatInstant(expiresAt),
  })
  const nothing = { kind: null, auth: null, expiresAt: null }
  const was = before === undefined ? nothing : readable(before)
  const headers = describeHeaders(before?.headers ?? [], after.headers)
  return {
    ...describeChange<object & typeof was>(was, readable(after), ['kind', 'auth', 'expiresAt']),
    secrets: { from: before?.secretNames ?? [], to: after.secretNames },
    ...(JSON.stringify(headers[0]) === JSON.stringify(headers[1])
      ? {}
      : { headers: describeListChange(...headers) }),
  }
}
