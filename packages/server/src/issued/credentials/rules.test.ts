import { parseInstant } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import {
  currentPermissions,
  lifespanAt,
  requireExpiry,
  requireFullAccess,
  requireGrantable,
  requireModifiable,
  requirePermissionList,
  requireScoped,
  statusAt,
} from './rules.ts'

const at = (text: string): number => parseInstant(text) ?? Number.NaN
const DAY = 86_400_000
const alive = { createdAt: 0, expiresAt: 10 * DAY, suspendedAt: null, revokedAt: null }

function errorOptions(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, ...error.options }
    throw error
  }
  return undefined
}

const pointers = (work: () => unknown) =>
  errorOptions(work)?.fields?.map(({ pointer, code }) => `${pointer} ${code}`)

describe('the status of a credential at an instant', () => {
  it('is active until its expiry, and expired from that instant', () => {
    expect(statusAt(alive, 10 * DAY - 1)).toBe('active')
    expect(statusAt(alive, 10 * DAY)).toBe('expired')
  })

  it('is revoked before suspended, and suspended before expired', () => {
    expect(statusAt({ ...alive, suspendedAt: 1 }, 10 * DAY)).toBe('suspended')
    expect(statusAt({ ...alive, suspendedAt: 1, revokedAt: 2 }, 3)).toBe('revoked')
    expect(statusAt({ ...alive, revokedAt: 2 }, 20 * DAY)).toBe('revoked')
  })

  it('forbids updates only when it is revoked or expired', () => {
    expect(errorOptions(() => requireModifiable(alive, 10 * DAY))?.code).toBe(
      'credential_not_modifiable',
    )
    expect(errorOptions(() => requireModifiable({ ...alive, revokedAt: 1 }, 2))?.code).toBe(
      'credential_not_modifiable',
    )
    expect(errorOptions(() => requireModifiable({ ...alive, suspendedAt: 1 }, 2))).toBeUndefined()
    expect(errorOptions(() => requireModifiable(alive, 1))).toBeUndefined()
  })
})

describe('how long a credential was active', () => {
  it('is counted until now while it is active', () => {
    expect(lifespanAt(alive, 5_999)).toEqual({ endedAt: null, activeSeconds: 5 })
  })

  it('is counted until its revocation or expiry, whichever is first', () => {
    expect(lifespanAt({ ...alive, revokedAt: DAY }, 20 * DAY)).toEqual({
      endedAt: DAY,
      activeSeconds: 86_400,
    })
    expect(lifespanAt({ ...alive, revokedAt: 15 * DAY }, 20 * DAY)).toEqual({
      endedAt: 10 * DAY,
      activeSeconds: 864_000,
    })
    expect(lifespanAt(alive, 10 * DAY)).toEqual({ endedAt: 10 * DAY, activeSeconds: 864_000 })
  })

  it('is never negative, even if the clock is set back', () => {
    expect(lifespanAt({ ...alive, createdAt: 100 }, 50).activeSeconds).toBe(0)
  })
})

describe('the expiry of a credential', () => {
  const policy = { defaultLifetimeDays: 90, maxLifetimeDays: 366 }
  const created = (text: string) => ({ createdAt: at(text), nowMs: at(text), policy })

  it.each([
    ['2027-03-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2027-02-28T00:00:00.000Z', '2028-02-28T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', '2029-02-28T00:00:00.000Z'],
    ['2028-03-01T12:00:00.000Z', '2029-03-01T12:00:00.000Z'],
  ])('of a credential created %s is at most %s, inclusive', (from, latest) => {
    expect(requireExpiry(at(latest), created(from))).toBe(at(latest))
    expect(pointers(() => requireExpiry(at(latest) + 1, created(from)))).toEqual([
      '/expiresAt too_big',
    ])
  })

  it('is limited by the policy’s maximum lifetime', () => {
    const terms = { ...created('2027-03-01T00:00:00Z'), policy: { ...policy, maxLifetimeDays: 7 } }
    expect(requireExpiry(at('2027-03-08T00:00:00Z'), terms)).toBe(at('2027-03-08T00:00:00Z'))
    expect(pointers(() => requireExpiry(at('2027-03-08T00:00:00.001Z'), terms))).toEqual([
      '/expiresAt too_big',
    ])
  })

  it('must be in the future: now and earlier are rejected', () => {
    const terms = created('2027-03-01T00:00:00Z')
    expect(pointers(() => requireExpiry(terms.nowMs, terms))).toEqual(['/expiresAt too_small'])
    expect(pointers(() => requireExpiry(0, terms))).toEqual(['/expiresAt too_small'])
    expect(requireExpiry(terms.nowMs + 1, terms)).toBe(terms.nowMs + 1)
  })

  it('defaults to the policy’s default lifetime, limited by its maximum', () => {
    const terms = created('2027-03-01T00:00:00Z')
    expect(requireExpiry(undefined, terms)).toBe(terms.createdAt + 90 * DAY)
    const short = { ...terms, policy: { defaultLifetimeDays: 90, maxLifetimeDays: 7 } }
    expect(requireExpiry(undefined, short)).toBe(terms.createdAt + 7 * DAY)
  })

  it('is limited relative to the creation, even in later updates', () => {
    const terms = { ...created('2027-03-01T00:00:00Z'), nowMs: at('2028-02-01T00:00:00Z') }
    expect(pointers(() => requireExpiry(at('2028-03-02T00:00:00Z'), terms))).toEqual([
      '/expiresAt too_big',
    ])
  })
})

describe('the permissions of a credential', () => {
  const api = { scopes: ['A_READ', 'A_WRITE', 'B_READ'], builtIn: false }
  const terms = { api, ceiling: null }

  it('are the requested ones without duplicates, in the order of the table', () => {
    expect(requirePermissionList(['B_READ', 'A_READ', 'B_READ'], terms)).toEqual([
      'A_READ',
      'B_READ',
    ])
  })

  it('with "all" are the whole table within the ceiling', () => {
    expect(requirePermissionList('all', terms)).toEqual(api.scopes)
    expect(requirePermissionList('all', { api, ceiling: ['B_READ', 'X_READ'] })).toEqual(['B_READ'])
  })

  it('are rejected when the table or the ceiling does not contain them exactly', () => {
    expect(pointers(() => requirePermissionList(['A_READ', 'a_read', 'X'], terms))).toEqual([
      '/permissions/1 unknown_permission',
      '/permissions/2 unknown_permission',
    ])
    const ceiling = ['A_READ']
    expect(pointers(() => requirePermissionList(['A_READ', 'B_READ'], { api, ceiling }))).toEqual([
      '/permissions/1 above_ceiling',
    ])
    expect(pointers(() => requirePermissionList('all', { api, ceiling: [] }))).toEqual([
      '/permissions above_ceiling',
    ])
    expect(pointers(() => requirePermissionList(undefined, terms))).toEqual([
      '/permissions required',
    ])
  })

  it('of full access have no list, and require an organization without a ceiling', () => {
    expect(errorOptions(() => requireFullAccess(undefined, null))).toBeUndefined()
    expect(errorOptions(() => requireFullAccess('all', null))).toBeUndefined()
    expect(pointers(() => requireFullAccess(['A_READ'], null))).toEqual(['/permissions invalid'])
    expect(pointers(() => requireFullAccess(undefined, ['A_READ']))).toEqual([
      '/kind above_ceiling',
    ])
    expect(pointers(() => requireScoped({ kind: 'full_access' }))).toEqual(['/permissions invalid'])
    expect(errorOptions(() => requireScoped({ kind: 'scoped' }))).toBeUndefined()
  })

  it('of the built-in API are granted only by callers that have them; the missing ones are named', () => {
    const builtIn = { ...api, builtIn: true }
    const grant = { held: new Set(['A_READ']), ceiling: null }
    expect(errorOptions(() => requireGrantable(builtIn, ['A_READ'], grant))).toBeUndefined()
    expect(errorOptions(() => requireGrantable(api, ['A_READ', 'B_READ'], grant))).toBeUndefined()
    expect(
      errorOptions(() => requireGrantable(builtIn, ['A_READ', 'A_WRITE', 'B_READ'], grant)),
    ).toEqual({
      code: 'cannot_grant',
      detail: 'You can grant only permissions that you have. Missing: A_WRITE, B_READ.',
      requiredPermissions: ['A_WRITE', 'B_READ'],
    })
  })

  it('are limited to the current table; with full access they are the whole table', () => {
    const permissions = ['A_READ', 'GONE_READ', 'B_READ']
    expect(currentPermissions({ kind: 'scoped', permissions }, api)).toEqual(['A_READ', 'B_READ'])
    expect(currentPermissions({ kind: 'full_access', permissions: [] }, api)).toEqual(api.scopes)
  })
})

describe('a name', () => {
  it('is searched and sorted case-insensitively in every script', () => {
    expect(nameKeyOf('ÄPFEL Δ')).toBe(nameKeyOf('äpfel δ'))
    expect(nameKeyOf('Ä')).toBe(nameKeyOf('A\u0308'))
  })
})
