import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Actor } from '../../kernel/context.ts'
import { type Organization, toOrganization } from '../organizations/index.ts'
import type { Member } from './rows.ts'
import { statusOf } from './rules.ts'

/** Returns a member for a response, with the version for its entity tag. */
export function toMember(
  member: Member,
): Output<typeof routes.members.get> & { readonly version: number } {
  const { id, organizationId, email, name, privileges, lastSignedInAt, version } = member
  return {
    id,
    organizationId,
    email,
    name,
    privileges: [...privileges],
    status: statusOf(member),
    createdAt: formatInstant(member.createdAt),
    updatedAt: formatInstant(member.updatedAt),
    lastSignedInAt: lastSignedInAt === null ? null : formatInstant(lastSignedInAt),
    totpEnabled: member.totpEnabledAt !== null,
    version,
  }
}

/** Returns the caller for a response. A credential has permissions, but no privileges. */
export function toCurrentSession(
  actor: Pick<Actor, 'kind' | 'id' | 'name' | 'permissions'>,
  organization: Organization,
  member: Member | null,
): Output<typeof routes.sessions.current> {
  return {
    actor: { type: actor.kind, id: actor.id, name: actor.name },
    organization: toOrganization(organization),
    permissions: [...actor.permissions].sort(),
    privileges: [...(member?.privileges ?? [])],
    member: member === null ? null : toMember(member),
    preferences: member?.preferences ?? null,
  }
}
