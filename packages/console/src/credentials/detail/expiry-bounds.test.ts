import { describe, expect, it } from 'vitest'
import { latestExpiry } from './expiry-bounds.ts'

const latest = (createdAt: string, maxLifetimeDays = 366) =>
  latestExpiry({ createdAt }, { maxLifetimeDays })

describe('the latest expiry', () => {
  it('is exactly one calendar year after creation', () => {
    expect(latest('2026-03-05T10:11:12.345Z')).toBe('2027-03-05T10:11:12.345Z')
  })

  it('is 28 February for a credential created on 29 February, as on the server', () => {
    expect(latest('2028-02-29T10:00:00.000Z')).toBe('2029-02-28T10:00:00.000Z')
  })

  it('is the maximum lifetime of the policy if that is shorter', () => {
    expect(latest('2026-03-05T10:00:00.000Z', 90)).toBe('2026-06-03T10:00:00.000Z')
  })

  it('is one year if the policy is unknown', () => {
    const credential = { createdAt: '2026-12-31T23:59:59.999Z' }
    expect(latestExpiry(credential, undefined)).toBe('2027-12-31T23:59:59.999Z')
  })
})
