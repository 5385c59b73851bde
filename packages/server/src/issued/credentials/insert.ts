import {
  addCalendarYears,
  type Environment,
  formatInstant,
  generateClientId,
  generateId,
  generateSecret,
  secretHint,
} from '@keyporter/protocol'
import type { ActorReference } from '../../kernel/actor.ts'
import { describeListChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { insertCredentialRows, type StoredCredential, toCredential } from './rows.ts'
import type { CredentialKind } from './rules.ts'

/** With what a credential is made. Its secrets are drawn from `random`. */
export type InsertDeps = Pick<Context, 'clock' | 'random' | 'digests' | 'secretPrefix'>

/** A credential to be made; everything about it is already decided. */
export type NewCredential = {
  readonly organizationId: string
  readonly apiId: string
  readonly name: string
  /** Empty unless given. */
  readonly notes?: string
  /** `production` unless given. */
  readonly environment?: Environment
  readonly kind: CredentialKind
  /** In the order of the api's table; empty for full access. */
  readonly permissions: readonly string[]
  readonly createdBy: ActorReference
  /** Now unless given. */
  readonly createdAt?: number
  /** One calendar year after the creation unless given. */
  readonly expiresAt?: number
}

/** What came of it: the secret is nowhere else. */
export type InsertedCredential = {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: string
  readonly credential: StoredCredential
  readonly secret: { readonly id: string; readonly hint: string }
  readonly audit: AuditEntry
}

/**
 * Makes a credential with its secret in the caller's transaction, which must return the audit entry and
 * the change. Who may grant what is decided before.
 */
export async function insertCredential(
  tx: Writer,
  deps: InsertDeps,
  input: NewCredential,
): Promise<InsertedCredential> {
  const createdAt = input.createdAt ?? deps.clock.now()
  const row = makeRow(deps, input, createdAt)
  const clientSecret = generateSecret({
    prefix: deps.secretPrefix,
    environment: input.environment ?? 'production',
    randomBytes: deps.random,
  })
  const secret = {
    id: generateId('sec', createdAt, deps.random),
    credentialId: row.id,
    organizationId: row.organizationId,
    digest: deps.digests.digest(clientSecret),
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

function makeRow(
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

function auditCreated(credential: StoredCredential): AuditEntry {
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
