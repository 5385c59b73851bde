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
const holding = (...held: readonly Privilege[]): Actor => ({
  kind: 'member',
  id: 'mem_9',
  name: 'Actor',
  organizationId: 'org_1',
  permissions: permissionsOf(held),
  sessionId: 'ses_1',
})
const owner = member({ privileges: ['members.manage', 'organization.manage'] })

describe('status', () => {
  it('is invited without a password, active with one, deactivated in either case', () => {
    expect(statusOf(member({ passwordHash: null }))).toBe('invited')
    expect(statusOf(member())).toBe('active')
    expect(statusOf(member({ deactivatedAt: 1, passwordHash: null }))).toBe('deactivated')
  })
})

describe('a change', () => {
  it('keeps what is not named, orders privileges, and is one version on', () => {
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

  it('deactivates once, and keeps the first instant', () => {
    const off = changeMember(member(), { active: false }, 7)
    expect(off.deactivatedAt).toBe(7)
    expect(changeMember(off, { active: false }, 9).deactivatedAt).toBe(7)
    expect(changeMember(off, { active: true }, 9).deactivatedAt).toBeNull()
  })

  it('gives what was not there, and everything to whoever comes back', () => {
    const present = member({ privileges: ['audit.view', 'apis.manage'] })
    const given = (change: Parameters<typeof changeMember>[1], from = present) =>
      grantedPrivileges(from, changeMember(from, change, 1))
    expect(given({ privileges: ['audit.view', 'webhooks.manage'] })).toStrictEqual([
      'webhooks.manage',
    ])
    expect(given({ privileges: [] })).toStrictEqual([])
    expect(given({ active: true }, { ...present, deactivatedAt: 1 })).toStrictEqual([
      'audit.view',
      'apis.manage',
    ])
    expect(given({ active: false })).toStrictEqual([])
  })
})

describe('granting', () => {
  it('needs every permission of each privilege: the whole matrix of one against another', () => {
    for (const held of privilegeNames) {
      for (const granted of privilegeNames) {
        const permissions = permissionsOf([held])
        const covers = [...permissionsOf([granted])].every((one) => permissions.has(one))
        const attempt = () => requireCanGrant(holding(held), [granted])
        if (covers) expect(attempt).not.toThrow()
        else expect(attempt).toThrow('You can only grant privileges that you have')
      }
    }
  })

  it('of nothing is always possible, and with everything everything is', () => {
    expect(() => requireCanGrant(holding(), [])).not.toThrow()
    expect(() => requireCanGrant(holding(...privilegeNames), privilegeNames)).not.toThrow()
  })

  it('a link to choose a password needs as much as the member holds', () => {
    expect(() => requirePrivilegesOf(holding('members.manage'), member())).not.toThrow()
    expect(() => requirePrivilegesOf(holding('members.manage'), owner)).toThrow(
      'privileges that you lack',
    )
  })
})

describe('the last owner', () => {
  const without = changeMember(owner, { privileges: ['members.manage'] }, 1)

  it('is whoever has joined, is active, and manages members and organization', () => {
    expect(isOwner(owner)).toBe(true)
    expect(isOwner({ ...owner, passwordHash: null })).toBe(false)
    expect(isOwner({ ...owner, deactivatedAt: 1 })).toBe(false)
    expect(isOwner(without)).toBe(false)
  })

  it('stays, whichever way they would go', () => {
    expect(() => requireRemainingOwner(owner, without, [owner])).toThrow('the last one')
    const off = changeMember(owner, { active: false }, 1)
    expect(() => requireRemainingOwner(owner, off, [owner])).toThrow('the last one')
  })

  it('may go when another one is there', () => {
    const other = { ...owner, id: 'mem_2' }
    expect(() => requireRemainingOwner(owner, without, [owner, other])).not.toThrow()
  })

  it('is no matter where there was none', () => {
    const next = changeMember(member(), { active: false }, 1)
    expect(() => requireRemainingOwner(member(), next, [])).not.toThrow()
  })
})

describe('a row', () => {
  it('holds privileges by their exact names alone', () => {
    const privileges = JSON.stringify(['audit.view', 'Audit.View', 'audit.*', 7, null])
    expect(fromMemberRow({ ...base, privileges, preferences: '{}' }).privileges).toStrictEqual([
      'audit.view',
    ])
  })
})
