import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ExpiryChoice,
  expiryFault,
  expiryInstant,
  expiryWithin,
  latestExpiry,
  lifetimeDays,
  offeredExpiries,
  typedOf,
} from './expiry.ts'
import { instantOf, wallTimeAt } from './zoned-time.ts'

const year = { defaultLifetimeDays: 90, maxLifetimeDays: 366 }
const untyped = { date: '', time: '' }

/** The instant of a choice, as RFC 3339. */
function chosen(choice: ExpiryChoice, now: string, timeZone: string, policy = year): string {
  const ms = expiryInstant(choice, untyped, { nowMs: Date.parse(now), timeZone, policy })
  return new Date(ms ?? Number.NaN).toISOString()
}

function typed(date: string, time: string, timeZone: string): string | undefined {
  const terms = { nowMs: 0, timeZone, policy: year }
  const ms = expiryInstant('custom', { date, time }, terms)
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

describe('a lifetime in days', () => {
  it('ends with its last day on the clock of the time zone', () => {
    const now = '2026-11-21T12:00:00Z'
    expect(chosen('90d', now, 'UTC')).toBe('2027-02-19T23:59:00.000Z')
    expect(chosen('90d', now, 'Europe/Berlin')).toBe('2027-02-19T22:59:00.000Z')
  })

  it('counts the days of UTC+14 and of UTC−11, where it is tomorrow and yesterday', () => {
    const now = '2026-11-21T10:30:00Z'
    // In Kiritimati it is half past midnight of the 22nd, in Pago Pago half past eleven of the 20th.
    expect(chosen('7d', now, 'Pacific/Kiritimati')).toBe('2026-11-29T09:59:00.000Z')
    expect(chosen('7d', now, 'Pacific/Pago_Pago')).toBe('2026-11-28T10:59:00.000Z')
    expect(chosen('7d', '2026-11-21T11:00:00Z', 'Pacific/Pago_Pago')).toBe(
      '2026-11-29T10:59:00.000Z',
    )
  })

  it('has its clock time on the far side of a change to summer time, and back', () => {
    expect(chosen('30d', '2027-03-15T12:00:00Z', 'Europe/Berlin')).toBe('2027-04-14T21:59:00.000Z')
    expect(chosen('30d', '2027-10-15T12:00:00Z', 'Europe/Berlin')).toBe('2027-11-14T22:59:00.000Z')
  })

  it('never goes beyond the policy or one calendar year, with room for a clock that is ahead', () => {
    const now = '2026-11-21T12:00:30Z'
    expect(chosen('1y', now, 'UTC')).toBe('2027-11-21T11:55:00.000Z')
    const month = { defaultLifetimeDays: 30, maxLifetimeDays: 30 }
    expect(chosen('30d', now, 'UTC', month)).toBe('2026-12-21T11:55:00.000Z')
    const leapDay = { nowMs: Date.parse('2028-02-29T12:00:00Z'), timeZone: 'UTC', policy: year }
    expect(new Date(latestExpiry(leapDay)).toISOString()).toBe('2029-02-28T11:55:00.000Z')
  })

  it('is in the future and within the bound at any instant, in any zone, for whatever is offered', () => {
    const zones = [
      'UTC',
      'Pacific/Kiritimati',
      'Pacific/Pago_Pago',
      'Europe/Berlin',
      'Asia/Kolkata',
    ]
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2033, 0, 1) }),
        fc.constantFrom(...zones),
        fc.integer({ min: 1, max: 366 }),
        (nowMs, timeZone, maxLifetimeDays) => {
          const policy = { defaultLifetimeDays: 1, maxLifetimeDays }
          const terms = { nowMs, timeZone, policy }
          for (const choice of offeredExpiries(policy).filter((name) => name !== 'custom')) {
            expect(expiryFault(expiryInstant(choice, untyped, terms), terms)).toBeUndefined()
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('what is offered', () => {
  it('lifetimes beyond the policy are absent', () => {
    expect(offeredExpiries(year)).toEqual(['7d', '30d', '90d', '180d', '1y', 'custom'])
    expect(offeredExpiries({ ...year, maxLifetimeDays: 90 })).toEqual([
      '7d',
      '30d',
      '90d',
      'custom',
    ])
    expect(offeredExpiries({ ...year, maxLifetimeDays: 3 })).toEqual(['custom'])
  })

  it('the one that is chosen first is the policy’s own, or the next below it', () => {
    expect(expiryWithin(90, year)).toBe('90d')
    expect(expiryWithin(45, year)).toBe('30d')
    expect(expiryWithin(90, { ...year, maxLifetimeDays: 60 })).toBe('30d')
    expect(expiryWithin(3, year)).toBe('7d')
    expect(expiryWithin(90, { ...year, maxLifetimeDays: 3 })).toBe('custom')
  })
})

describe('a date and time of one’s own', () => {
  it('is an instant of the time zone', () => {
    expect(typed('2027-02-19', '23:59', 'Europe/Berlin')).toBe('2027-02-19T22:59:00.000Z')
    expect(typed('2027-07-19', '23:59', 'Europe/Berlin')).toBe('2027-07-19T21:59:00.000Z')
    expect(typed('2027-02-19', '00:00', 'Pacific/Kiritimati')).toBe('2027-02-18T10:00:00.000Z')
    expect(typed('2027-02-19', '23:59', 'Pacific/Pago_Pago')).toBe('2027-02-20T10:59:00.000Z')
  })

  it('over a change of clocks: what they jump over lies after it, what they show twice is the first', () => {
    expect(typed('2027-03-28', '02:30', 'Europe/Berlin')).toBe('2027-03-28T01:30:00.000Z')
    expect(typed('2027-10-31', '02:30', 'Europe/Berlin')).toBe('2027-10-31T00:30:00.000Z')
    expect(typed('2027-03-28', '01:59', 'Europe/Berlin')).toBe('2027-03-28T00:59:00.000Z')
    expect(typed('2027-03-28', '03:00', 'Europe/Berlin')).toBe('2027-03-28T01:00:00.000Z')
  })

  it('half of one, or a day that does not exist, is none', () => {
    expect(typed('', '23:59', 'UTC')).toBeUndefined()
    expect(typed('2027-02-19', '', 'UTC')).toBeUndefined()
    expect(typed('2027-02-30', '12:00', 'UTC')).toBeUndefined()
    expect(typed('2027-02-19', '24:00', 'UTC')).toBeUndefined()
  })

  it('is read back from its instant', () => {
    const ms = Date.parse('2027-02-19T22:59:00Z')
    expect(typedOf(ms, 'Europe/Berlin')).toEqual({ date: '2027-02-19', time: '23:59' })
  })

  it('is refused in the past and beyond the bound', () => {
    const terms = { nowMs: Date.parse('2026-11-21T12:00:00Z'), timeZone: 'UTC', policy: year }
    expect(expiryFault(terms.nowMs, terms)).toBe('past')
    expect(expiryFault(Date.parse('2027-11-21T12:00:00Z'), terms)).toBe('tooLate')
    expect(expiryFault(undefined, terms)).toBe('incomplete')
    expect(expiryFault(Date.parse('2027-11-20T12:00:00Z'), terms)).toBeUndefined()
    expect(lifetimeDays(Date.parse('2027-02-19T23:59:00Z'), terms.nowMs)).toBe(90)
  })
})

describe('clocks on the wall', () => {
  it('every minute is found again, in every kind of zone', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'UTC',
    ]
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2029, 0, 1) / 60_000 }),
        fc.constantFrom(...zones),
        (minutes, zone) => {
          const ms = minutes * 60_000
          const found = instantOf(wallTimeAt(ms, zone), zone)
          // An hour that clocks show twice is the first of both.
          expect([0, 1_800_000, 3_600_000]).toContain(ms - found)
          expect(wallTimeAt(found, zone)).toEqual(wallTimeAt(ms, zone))
        },
      ),
      { numRuns: 300 },
    )
  })
})
