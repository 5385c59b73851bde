import { type Privilege, permissionsOf } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Actor } from '../../kernel/context.ts'
import { type Member, orderPrivileges } from './rows.ts'

/** Whether a member may sign in, still has to choose a password, or may not sign in any more. */
export function statusOf(member: Member): 'invited' | 'active' | 'deactivated' {
  if (member.deactivatedAt !== null) return 'deactivated'
  return member.passwordHash === null ? 'invited' : 'active'
}

/** What is to change about a member. */
export type MemberChange = {
  readonly name?: string | undefined
  readonly privileges?: readonly Privilege[] | undefined
  readonly active?: boolean | undefined
}

/** The member after a change, one version on. */
export function changeMember(present: Member, change: MemberChange, nowMs: number): Member {
  return {
    ...present,
    name: change.name ?? present.name,
    privileges:
      change.privileges === undefined ? present.privileges : orderPrivileges(change.privileges),
    deactivatedAt: nextDeactivatedAt(present, change, nowMs),
    updatedAt: nowMs,
    version: present.version + 1,
  }
}

function nextDeactivatedAt(
  present: Member,
  { active }: MemberChange,
  nowMs: number,
): number | null {
  if (active === undefined) return present.deactivatedAt
  return active ? null : (present.deactivatedAt ?? nowMs)
}

/** What a change gives: privileges that were not there, and all of them to someone who comes back. */
export function grantedPrivileges(present: Member, next: Member): readonly Privilege[] {
  const comesBack = present.deactivatedAt !== null && next.deactivatedAt === null
  if (comesBack) return next.privileges
  return next.privileges.filter((privilege) => !present.privileges.includes(privilege))
}

/**
 * Requires that the actor holds every permission of the privileges: nobody grants what they do not
 * hold, to nobody, themselves included.
 *
 * @throws {AppError} `cannot_grant`, naming the privileges
 */
export function requireCanGrant(actor: Actor, granted: readonly Privilege[]): void {
  const beyond = granted.filter((privilege) => !hasPrivileges(actor, [privilege]))
  if (beyond.length === 0) return
  throw new AppError('cannot_grant', {
    detail: `You do not hold everything that these stand for: ${beyond.join(', ')}.`,
  })
}

/**
 * Requires that the actor holds at least what the member holds: a link with which to choose a password
 * is worth as much as the member.
 *
 * @throws {AppError} `cannot_grant`
 */
export function requirePrivilegesOf(actor: Actor, member: Member): void {
  if (hasPrivileges(actor, member.privileges)) return
  throw new AppError('cannot_grant', {
    detail: 'This member may do more than you: ask someone who may do as much.',
  })
}

function hasPrivileges(
  actor: Pick<Actor, 'permissions'>,
  privileges: readonly Privilege[],
): boolean {
  return [...permissionsOf(privileges)].every((permission) => actor.permissions.has(permission))
}

// Enough to find somebody who is there today; more would be a list of the members.
const GRANTORS_MAX = 10

/** The names of those who can grant a privilege: they manage members and hold all that it stands for. */
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

/** Whether a member can bring everything else about: joined, active, manages members and organization. */
export function isOwner(member: Member): boolean {
  return (
    statusOf(member) === 'active' &&
    member.privileges.includes('members.manage') &&
    member.privileges.includes('organization.manage')
  )
}

/**
 * Requires that an organization which has an owner keeps one.
 *
 * @param joined every member of the organization who can sign in, before the change
 * @throws {AppError} `last_owner`
 */
export function requireRemainingOwner(
  present: Member,
  next: Member,
  joined: readonly Member[],
): void {
  if (!isOwner(present) || isOwner(next)) return
  if (joined.some((member) => member.id !== present.id && isOwner(member))) return
  throw new AppError('last_owner', {
    detail:
      'Nobody else who can sign in may manage both members and the organization. Give someone both first.',
  })
}
