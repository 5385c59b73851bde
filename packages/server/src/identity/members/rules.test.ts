import { type Privilege, permissionsOf, privilegeNames } from '@keyporter/contract'
import { describe, expect, it } from 'vitest'
import type { Actor } from '../../kernel/context.ts'
import { defaultPreferences } from './preferences.ts'
import { fromMemberRow, type Member } from './rows.ts'
import {
  changeMember,
  grantedPrivileges,
  isOwner,
  requireCanGrant,
  requirePrivilegesOf,
  requireRemainingOwner,
  statusOf,
} from './rules.ts'

const base: Member = {
  id: 'mem_1',
  organizationId: 'org_1',
  email: 'ada@example.com',
  name: 'Ada',
  privileges: [],
  passwordHash: 'hash',
  preferences: defaultPreferences,
  totpEnabledAt: null,
  deactivatedAt: null,
  lastSignedInAt: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
}
const member = (changes: Partial<Member> = {}): Member => ({ ...base, ...changes })
const actorWith = (...owned: readonly Privilege[]): Actor => ({
  kind: 'member',
  id: 'mem_9',
  name: 'Actor',
  organizationId: 'org_1',
  permissions: permissionsOf(owned),
  sessionId: 'ses_1',
})
const owner = member({ privileges: ['members.manage', 'organization.manage'] })

describe('status', () => {
  it('is invited without a password, active with one, and deactivated in both cases', () => {
    expect(statusOf(member({ passwordHash: null }))).toBe('invited')
    expect(statusOf(member())).toBe('active')
    expect(statusOf(member({ deactivatedAt: 1, passwordHash: null }))).toBe('deactivated')
  })
})

describe('a change', () => {
  it('keeps omitted fields, orders privileges and increments the version', () => {
    const next = changeMember(
      member({ name: 'Ada' }),
      { privileges: ['audit.view', 'credentials.view', 'audit.view'] },
      7,
    )
    expect(next).toMatchObject({
      name: 'Ada',
      privileges: ['credentials.view', 'audit.view'],
      deactivatedAt: null,
      updatedAt: 7,
      version: 2,
    })
  })

  it('deactivates once, and keeps the first time', () => {
    const off = changeMember(member(), { active: false }, 7)
    expect(off.deactivatedAt).toBe(7)
    expect(changeMember(off, { active: false }, 9).deactivatedAt).toBe(7)
    expect(changeMember(off, { active: true }, 9).deactivatedAt).toBeNull()
  })

  it('grants added privileges, and all privileges on reactivation', () => {
    const current = member({ privileges: ['audit.view', 'apis.manage'] })
    const given = (change: Parameters<typeof changeMember>[1], from = current) =>
      grantedPrivileges(from, changeMember(from, change, 1))
    expect(given({ privileges: ['audit.view', 'webhooks.manage'] })).toStrictEqual([
      'webhooks.manage',
    ])
    expect(given({ privileges: [] })).toStrictEqual([])
    expect(given({ active: true }, { ...current, deactivatedAt: 1 })).toStrictEqual([
      'audit.view',
      'apis.manage',
    ])
    expect(given({ active: false })).toStrictEqual([])
  })
})

describe('granting', () => {
  it('requires every permission of each privilege', () => {
    for (const owned of privilegeNames) {
      for (const granted of privilegeNames) {
        const permissions = permissionsOf([owned])
        const covers = [...permissionsOf([granted])].every((one) => permissions.has(one))
        const attempt = () => requireCanGrant(actorWith(owned), [granted])
        if (covers) expect(attempt).not.toThrow()
        else expect(attempt).toThrow('You can only grant privileges that you have')
      }
    }
  })

  it('of no privilege is always allowed, and a member with all privileges can grant all', () => {
    expect(() => requireCanGrant(actorWith(), [])).not.toThrow()
    expect(() => requireCanGrant(actorWith(...privilegeNames), privilegeNames)).not.toThrow()
  })

  it('an invitation link requires the privileges of the member', () => {
    expect(() => requirePrivilegesOf(actorWith('members.manage'), member())).not.toThrow()
    expect(() => requirePrivilegesOf(actorWith('members.manage'), owner)).toThrow(
      'privileges that you lack',
    )
  })
})

describe('the last owner', () => {
  const without = changeMember(owner, { privileges: ['members.manage'] }, 1)

  it('is an active member who can manage members and the organization', () => {
    expect(isOwner(owner)).toBe(true)
    expect(isOwner({ ...owner, passwordHash: null })).toBe(false)
    expect(isOwner({ ...owner, deactivatedAt: 1 })).toBe(false)
    expect(isOwner(without)).toBe(false)
  })

  it('cannot lose a privilege or be deactivated', () => {
    expect(() => requireRemainingOwner(owner, without, [owner])).toThrow('the last one')
    const off = changeMember(owner, { active: false }, 1)
    expect(() => requireRemainingOwner(owner, off, [owner])).toThrow('the last one')
  })

  it('can be removed when another owner exists', () => {
    const other = { ...owner, id: 'mem_2' }
    expect(() => requireRemainingOwner(owner, without, [owner, other])).not.toThrow()
  })

  it('is not required where no owner existed', () => {
    const next = changeMember(member(), { active: false }, 1)
    expect(() => requireRemainingOwner(member(), next, [])).not.toThrow()
  })
})

describe('a row', () => {
  it('contains only privileges with exact names', () => {
    const privileges = JSON.stringify(['audit.view', 'Audit.View', 'audit.*', 7, null])
    expect(fromMemberRow({ ...base, privileges, preferences: '{}' }).privileges).toStrictEqual([
      'audit.view',
    ])
  })
})
