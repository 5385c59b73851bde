import { auditedFields } from '@keyporter/contract'
import { type Changes, describeChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { StoredApi } from './rows.ts'

/** Returns the organization that owns APIs: the caller's own, even when the caller acts for another one. */
export function ownerOf(ctx: Context): string {
  return ctx.actor.organizationId ?? ctx.organizationId
}

/** Returns the audit entry of a new API. */
export function auditCreated(api: StoredApi): AuditEntry {
  return { ...entryOf('api.created', api), changes: describeApi(undefined, api) }
}

/** Returns the audit entry of an update; undefined when nothing changed. */
export function auditUpdated(before: StoredApi, after: StoredApi): AuditEntry | undefined {
  const changes = describeApi(before, after)
  if (Object.keys(changes).length === 0) return undefined
  return { ...entryOf('api.updated', after), changes }
}

function entryOf(action: 'api.created' | 'api.updated', api: StoredApi): AuditEntry {
  return {
    action,
    target: { type: 'api', id: api.id, name: api.name },
    organizationId: api.organizationId,
  }
}

function describeApi(before: StoredApi | undefined, after: StoredApi): Changes {
  const readable = (api: StoredApi) => ({
    ...api,
    organizations: api.grantedTo ?? ('all' as const),
  })
  return describeChange(before && readable(before), readable(after), auditedFields.api)
}
