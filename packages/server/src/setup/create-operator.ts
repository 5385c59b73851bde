import { privilegeNames } from '@keyporter/contract'
import {
  auditMemberCreated,
  insertMember,
  type Member,
  newMember,
} from '../identity/members/index.ts'
import {
  insertOrganization,
  newOrganization,
  type Organization,
} from '../identity/organizations/index.ts'
import { insertBuiltInApi } from '../issued/apis/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuditEntry, Context } from '../kernel/context.ts'
import type { Writer } from '../store/open.ts'

/** The operator and its first member, not stored yet. */
export type OperatorDraft = {
  readonly organization: Organization
  readonly member: Member | undefined
}

/** The id of the built-in API, and the entries that belong to the mutation. */
export type CreatedOperator = {
  readonly builtInApiId: string
  readonly audit: readonly [AuditEntry, ...AuditEntry[]]
}

/** The details of the first member. */
export type FirstMember = {
  readonly email: string
  readonly name: string
  readonly passwordHash: string
}

/** Returns the operator, not stored yet. */
export function newOperator(ctx: Context, name: string): Organization {
  return newOrganization(ctx, { name, operator: true })
}

/** Returns the first member of the operator, with all privileges, not stored yet. */
export function newFirstMember(ctx: Context, operator: Organization, person: FirstMember): Member {
  return newMember(ctx, { ...person, organizationId: operator.id, privileges: privilegeNames })
}

/**
 * Creates the operator, its first member and the built-in API in the caller's transaction. Of two concurrent
 * calls one succeeds, because the store allows one operator.
 *
 * @throws {AppError} `setup_completed`
 */
export async function createOperator(
  ctx: Context,
  tx: Writer,
  { organization, member }: OperatorDraft,
): Promise<CreatedOperator> {
  if (!(await insertOrganization(tx, organization))) throw setupCompleted()
  if (member !== undefined) await insertMember(tx, member)
  const organizationId = organization.id
  const api = await insertBuiltInApi(tx, {
    organizationId,
    publicUrl: ctx.publicUrl,
    nowMs: ctx.clock.now(),
    random: ctx.random,
  })
  const target = { type: 'organization', id: organizationId, name: organization.name }
  const actor =
    member === undefined ? ctx.actor : { kind: 'member' as const, id: member.id, name: member.name }
  const by = { organizationId, actor: { type: actor.kind, id: actor.id, name: actor.name } }
  const apiTarget = { type: 'api', id: api.id, name: 'Keyporter' }
  return {
    builtInApiId: api.id,
    audit: [
      { ...by, action: 'setup.completed', target },
      { ...by, action: 'organization.created', target },
      ...(member === undefined ? [] : [auditMemberCreated(member, by.actor)]),
      { ...by, action: 'api.created', target: apiTarget },
    ],
  }
}

/** Returns the error for setup after the operator exists. */
export function setupCompleted(): AppError {
  return new AppError('setup_completed', {
    detail: 'Setup is already complete. Sign in instead.',
  })
}
