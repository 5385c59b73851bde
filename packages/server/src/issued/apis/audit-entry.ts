import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { StoredApi } from './rows.ts'

/** Returns the organization that owns APIs: the caller's own, even when the caller acts for another one. */
export function ownerOf(ctx: Context): string {
  return ctx.actor.organizationId ?? ctx.organizationId
}

/** Returns the audit entry of a new API. */
export function auditCreated(api: StoredApi): AuditEntry {
  return { ...entryOf('api.created', api), changes: compare(undefined, api) }
}

/** Returns the audit entry of an update; undefined when nothing changed. */
export function auditUpdated(before: StoredApi, after: StoredApi): AuditEntry | undefined {
  const changes = compare(before, after)
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

const plainFields = ['name', 'slug', 'identifier', 'tokenTtlSeconds', 'signingAlgorithm'] as const

type Plain = { readonly [F in (typeof plainFields)[number]]: string | number | null }

/** The lists of an API as text lines, so that the audit log names added and removed lines. */
const listFields = {
  permissions: (api: StoredApi) => api.scopes,
  resources: (api: StoredApi) =>
    api.permissions.map((row) => `${row.resource} (${row.actions.join(', ')}): ${row.description}`),
  operations: (api: StoredApi) =>
    api.operations.map((one) => `${one.method} ${one.path}: ${one.permissions.join(' ')}`),
  organizations: (api: StoredApi) => api.grantedTo ?? ['all'],
}

function compare(
  before: StoredApi | undefined,
  after: StoredApi,
): Record<string, { from: unknown; to: unknown }> {
  const lists = Object.entries(listFields).flatMap(([field, read]) => {
    const lines = read(after)
    const previous = before === undefined ? [] : read(before)
    const isSame =
      previous.length === lines.length && previous.every((line, at) => line === lines[at])
    return isSame ? [] : [[field, describeListChange(previous, lines)]]
  })
  const nothing = {
    name: null,
    slug: null,
    identifier: null,
    tokenTtlSeconds: null,
    signingAlgorithm: null,
  }
  return {
    ...describeChange<Plain>(before ?? nothing, after, plainFields),
    ...Object.fromEntries(lists),
  }
}
