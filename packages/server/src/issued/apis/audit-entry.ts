import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { StoredApi } from './rows.ts'

/** The organization that apis belong to: the operator's own, whichever one its caller acts for. */
export function ownerOf(ctx: Context): string {
  return ctx.actor.organizationId ?? ctx.organizationId
}

/** What the audit log says of a new api. */
export function auditCreated(api: StoredApi): AuditEntry {
  return { ...entryOf('api.created', api), changes: compare(undefined, api) }
}

/** What the audit log says of a changed api; undefined when nothing differs. */
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

/** Each list of an api in words: what goes and comes is told by name. */
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
    const present = before === undefined ? [] : read(before)
    const same = present.length === lines.length && present.every((line, at) => line === lines[at])
    return same ? [] : [[field, describeListChange(present, lines)]]
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
