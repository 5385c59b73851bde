import { describe, expect, it } from 'vitest'
import { latestExpiry } from './expiry-bounds.ts'

const latest = (createdAt: string, maxLifetimeDays = 366) =>
  latestExpiry({ createdAt }, { maxLifetimeDays })

describe('the latest expiry that is offered', () => {
  it('is one calendar year after the creation, to the millisecond', () => {
    expect(latest('2026-03-05T10:11:12.345Z')).toBe('2027-03-05T10:11:12.345Z')
  })

  it('is 28 February for what was created on 29 February, as the server has it', () => {
    expect(latest('2028-02-29T10:00:00.000Z')).toBe('2029-02-28T10:00:00.000Z')
  })

  it('is the longest lifetime of the policy where that ends sooner', () => {
    expect(latest('2026-03-05T10:00:00.000Z', 90)).toBe('2026-06-03T10:00:00.000Z')
  })

  it('is the year where the policy is not known', () => {
    const credential = { createdAt: '2026-12-31T23:59:59.999Z' }
    expect(latestExpiry(credential, undefined)).toBe('2027-12-31T23:59:59.999Z')
  })
})
