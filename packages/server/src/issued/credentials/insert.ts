import {
  addCalendarYears,
  type Environment,
  generateClientId,
  generateId,
  generateSecret,
  secretHint,
} from '@keyporter/protocol'
import type { ActorReference } from '../../kernel/actor.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { auditCreated } from './audit-entry.ts'
import { insertCredentialRows, type StoredCredential, toCredential } from './rows.ts'
import type { CredentialKind } from './rules.ts'

/** Dependencies of {@link insertCredential}. Secrets are generated from `random`. */
export type InsertDeps = Pick<Context, 'clock' | 'random' | 'digests' | 'secretPrefix'>

/** A new credential, already validated. */
export type NewCredential = {
  readonly organizationId: string
  readonly apiId: string
  readonly name: string
  /** Default: empty. */
  readonly notes?: string
  /** Default: `production`. */
  readonly environment?: Environment
  readonly kind: CredentialKind
  /** In the order of the API's permission table; empty for full access. */
  readonly permissions: readonly string[]
  readonly createdBy: ActorReference
  /** Default: now. */
  readonly createdAt?: number
  /** Default: one calendar year after `createdAt`. */
  readonly expiresAt?: number
}

/** The inserted credential. The secret cannot be read again. */
export type InsertedCredential = {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: string
  readonly credential: StoredCredential
  readonly secret: { readonly id: string; readonly hint: string }
  readonly audit: AuditEntry
}

/**
 * Inserts a credential with its secret in the caller's transaction, which must return the audit entry. The caller
 * must have checked the permissions.
 */
export async function insertCredential(
  tx: Writer,
  deps: InsertDeps,
  input: NewCredential,
): Promise<InsertedCredential> {
  const createdAt = input.createdAt ?? deps.clock.now()
  const row = toRow(deps, input, createdAt)
  const clientSecret = generateSecret({
    prefix: deps.secretPrefix,
    environment: input.environment ?? 'production',
    randomBytes: deps.random,
  })
  const secret = {
    id: generateId('sec', createdAt, deps.random),
    credentialId: row.id,
    organizationId: row.organizationId,
    digest: deps.digests.keyedDigest(clientSecret),
    hint: secretHint(clientSecret),
    createdAt,
    expiresAt: null,
    revokedAt: null,
  }
  await insertCredentialRows(tx, row, secret)
  const credential = toCredential({ ...row, usedAt: null, usedFrom: null })
  return {
    id: row.id,
    clientId: row.clientId,
    clientSecret,
    credential,
    secret: { id: secret.id, hint: secret.hint },
    audit: auditCreated(credential),
  }
}

function toRow(
  { random }: InsertDeps,
  input: NewCredential,
  createdAt: number,
): Tables['credentials'] {
  const environment = input.environment ?? 'production'
  return {
    id: generateId('cred', createdAt, random),
    organizationId: input.organizationId,
    apiId: input.apiId,
    clientId: generateClientId({ environment, randomBytes: random }),
    name: input.name,
    nameKey: nameKeyOf(input.name),
    notes: input.notes ?? '',
    environment,
    kind: input.kind,
    permissions: JSON.stringify(input.permissions),
    createdAt,
    createdByType: input.createdBy.type,
    createdById: input.createdBy.id,
    createdByName: input.createdBy.name,
    updatedAt: createdAt,
    expiresAt: input.expiresAt ?? addCalendarYears(createdAt, 1),
    suspendedAt: null,
    revokedAt: null,
    revokedByType: null,
    revokedById: null,
    revokedByName: null,
    revokedReason: null,
    version: 1,
  }
}
