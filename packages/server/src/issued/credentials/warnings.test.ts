import { describe, expect, it } from 'vitest'
import { type WarningInput, warningsAt } from './warnings.ts'

const DAY = 86_400_000
const now = 1_000 * DAY
/** A credential with 200 of 300 days left, used just now. */
const calm: WarningInput = {
  createdAt: now - 100 * DAY,
  expiresAt: now + 200 * DAY,
  suspendedAt: null,
  revokedAt: null,
  lastUse: { at: now },
  recentRequests: undefined,
}
const at = (facts: Partial<WarningInput>, nowMs = now) => warningsAt({ ...calm, ...facts }, nowMs)

describe('a credential has a warning', () => {
  it.each<[string, Partial<WarningInput>, readonly string[]]>([
    ['nothing', {}, []],
    ['14 days left', { expiresAt: now + 14 * DAY }, ['expiring_soon']],
    ['slightly more than 14 days left', { expiresAt: now + 14 * DAY + 1 }, []],
    ['a tenth left', { createdAt: now - 360 * DAY, expiresAt: now + 40 * DAY }, ['expiring_soon']],
    [
      'a little more than a tenth',
      { createdAt: now - 360 * DAY + 9, expiresAt: now + 40 * DAY },
      [],
    ],
    ['a short lifetime', { createdAt: now, expiresAt: now + DAY }, ['expiring_soon']],
    ['7 days and no use', { createdAt: now - 7 * DAY, lastUse: null }, []],
    ['over 7 days and no use', { createdAt: now - 7 * DAY - 1, lastUse: null }, ['never_used']],
    ['90 days without use', { lastUse: { at: now - 90 * DAY } }, []],
    ['over 90 days without use', { lastUse: { at: now - 90 * DAY - 1 } }, ['unused']],
    ['one of 20 rejected', { recentRequests: { all: 20, rejected: 1 } }, ['rejected_requests']],
    ['one of 21 rejected', { recentRequests: { all: 21, rejected: 1 } }, []],
    ['the only one rejected', { recentRequests: { all: 1, rejected: 1 } }, ['rejected_requests']],
    ['none rejected', { recentRequests: { all: 1, rejected: 0 } }, []],
    ['no calls', { recentRequests: { all: 0, rejected: 0 } }, []],
  ])('with %s', (_, facts, expected) => {
    expect(at(facts)).toEqual(expected)
  })

  it('can have several warnings, in a fixed order', () => {
    const recentRequests = { all: 1, rejected: 1 }
    const lastUse = { at: now - 91 * DAY }
    const several = at({ expiresAt: now + DAY, lastUse, recentRequests })
    expect(several).toEqual(['expiring_soon', 'unused', 'rejected_requests'])
  })

  it('only while it is active or suspended', () => {
    const facts = { expiresAt: now + DAY, lastUse: null }
    const both = ['expiring_soon', 'never_used']
    expect(at(facts)).toEqual(both)
    expect(at({ ...facts, suspendedAt: now })).toEqual(both)
    expect(at({ ...facts, revokedAt: now })).toEqual([])
    expect(at(facts, now + DAY - 1)).toEqual(both)
    expect(at(facts, now + DAY)).toEqual([])
  })
})
