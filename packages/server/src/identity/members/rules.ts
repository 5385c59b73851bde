import { type Privilege, permissionsOf } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Actor } from '../../kernel/context.ts'
import { type Member, orderPrivileges } from './rows.ts'

/** Returns the status of a member. An `invited` member has no password yet. */
export function statusOf(member: Member): 'invited' | 'active' | 'deactivated' {
  if (member.deactivatedAt !== null) return 'deactivated'
  return member.passwordHash === null ? 'invited' : 'active'
}

/** The requested change of a member. */
export type MemberChange = {
  readonly name?: string | undefined
  readonly privileges?: readonly Privilege[] | undefined
  readonly active?: boolean | undefined
}

/** Returns the member after a change, with the next version. */
export function changeMember(current: Member, change: MemberChange, nowMs: number): Member {
  return {
    ...current,
    name: change.name ?? current.name,
    privileges:
      change.privileges === undefined ? current.privileges : orderPrivileges(change.privileges),
    deactivatedAt: nextDeactivatedAt(current, change, nowMs),
    updatedAt: nowMs,
    version: current.version + 1,
  }
}

function nextDeactivatedAt(
  current: Member,
  { active }: MemberChange,
  nowMs: number,
): number | null {
  if (active === undefined) return current.deactivatedAt
  return active ? null : (current.deactivatedAt ?? nowMs)
}

/** Returns the privileges that a change grants. Reactivation grants all privileges of the member. */
export function grantedPrivileges(current: Member, next: Member): readonly Privilege[] {
  const reactivated = current.deactivatedAt !== null && next.deactivatedAt === null
  if (reactivated) return next.privileges
  return next.privileges.filter((privilege) => !current.privileges.includes(privilege))
}

/**
 * Requires that the actor has every permission of the granted privileges. An actor cannot grant more than
 * it has, to itself or to others.
 *
 * @throws {AppError} `cannot_grant`, with the privileges that the actor lacks
 */
export function requireCanGrant(actor: Actor, granted: readonly Privilege[]): void {
  const lacking = granted.filter((privilege) => !hasPrivileges(actor, [privilege]))
  if (lacking.length === 0) return
  throw new AppError('cannot_grant', {
    detail: `You can only grant privileges that you have. You lack: ${lacking.join(', ')}.`,
  })
}

/**
 * Requires that the actor has every permission of the member. An invitation link gives its creator access
 * to the member, so creating one must not extend the creator's permissions.
 *
 * @throws {AppError} `cannot_grant`
 */
export function requirePrivilegesOf(actor: Actor, member: Member): void {
  if (hasPrivileges(actor, member.privileges)) return
  throw new AppError('cannot_grant', {
    detail: 'This member has privileges that you lack. Ask a member who has all of them.',
  })
}

function hasPrivileges(
  actor: Pick<Actor, 'permissions'>,
  privileges: readonly Privilege[],
): boolean {
  return [...permissionsOf(privileges)].every((permission) => actor.permissions.has(permission))
}

// A longer list would disclose the members of the organization.
const GRANTORS_MAX = 10

/** Returns the names of active members who can grant a privilege: they have it and `members.manage`. */
export function grantorNames(members: readonly Member[], privilege: Privilege): readonly string[] {
  return members
    .filter((member) => statusOf(member) === 'active')
    .filter((member) =>
      hasPrivileges({ permissions: permissionsOf(member.privileges) }, [
        'members.manage',
        privilege,
      ]),
    )
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en'))
    .slice(0, GRANTORS_MAX)
}

/** Returns whether a member is an owner: active, and able to manage both members and the organization. */
export function isOwner(member: Member): boolean {
  return (
    statusOf(member) === 'active' &&
    member.privileges.includes('members.manage') &&
    member.privileges.includes('organization.manage')
  )
}

/**
 * Requires that a change does not remove the last owner of an organization.
 *
 * @param active all active members of the organization before the change
 * @throws {AppError} `last_owner`
 */
export function requireRemainingOwner(
  current: Member,
  next: Member,
  active: readonly Member[],
): void {
  if (!isOwner(current) || isOwner(next)) return
  if (active.some((member) => member.id !== current.id && isOwner(member))) return
  throw new AppError('last_owner', {
    detail:
      'This member is the last one who can manage both members and the organization. Grant both privileges to another member first.',
  })
}
