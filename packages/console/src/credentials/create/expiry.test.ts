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

/** Returns the instant of a choice in RFC 3339. */
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
  it('ends at 23:59 of the last day in the time zone', () => {
    const now = '2026-11-21T12:00:00Z'
    expect(chosen('90d', now, 'UTC')).toBe('2027-02-19T23:59:00.000Z')
    expect(chosen('90d', now, 'Europe/Berlin')).toBe('2027-02-19T22:59:00.000Z')
  })

  it('counts days in the time zone, also in UTC+14 and UTC−11', () => {
    const now = '2026-11-21T10:30:00Z'
    // 00:30 on the 22nd in Kiritimati, 23:30 on the 20th in Pago Pago.
    expect(chosen('7d', now, 'Pacific/Kiritimati')).toBe('2026-11-29T09:59:00.000Z')
    expect(chosen('7d', now, 'Pacific/Pago_Pago')).toBe('2026-11-28T10:59:00.000Z')
    expect(chosen('7d', '2026-11-21T11:00:00Z', 'Pacific/Pago_Pago')).toBe(
      '2026-11-29T10:59:00.000Z',
    )
  })

  it('keeps the local time across daylight saving changes', () => {
    expect(chosen('30d', '2027-03-15T12:00:00Z', 'Europe/Berlin')).toBe('2027-04-14T21:59:00.000Z')
    expect(chosen('30d', '2027-10-15T12:00:00Z', 'Europe/Berlin')).toBe('2027-11-14T22:59:00.000Z')
  })

  it('never exceeds the policy or one calendar year, minus a clock-skew margin', () => {
    const now = '2026-11-21T12:00:30Z'
    expect(chosen('1y', now, 'UTC')).toBe('2027-11-21T11:55:00.000Z')
    const month = { defaultLifetimeDays: 30, maxLifetimeDays: 30 }
    expect(chosen('30d', now, 'UTC', month)).toBe('2026-12-21T11:55:00.000Z')
    const leapDay = { nowMs: Date.parse('2028-02-29T12:00:00Z'), timeZone: 'UTC', policy: year }
    expect(new Date(latestExpiry(leapDay)).toISOString()).toBe('2029-02-28T11:55:00.000Z')
  })

  it('is valid for every offered choice at any instant and in any zone', () => {
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

describe('the offered lifetimes', () => {
  it('exclude lifetimes beyond the policy', () => {
    expect(offeredExpiries(year)).toEqual(['7d', '30d', '90d', '180d', '1y', 'custom'])
    expect(offeredExpiries({ ...year, maxLifetimeDays: 90 })).toEqual([
      '7d',
      '30d',
      '90d',
      'custom',
    ])
    expect(offeredExpiries({ ...year, maxLifetimeDays: 3 })).toEqual(['custom'])
  })

  it('preselect the default of the policy, or the next shorter one', () => {
    expect(expiryWithin(90, year)).toBe('90d')
    expect(expiryWithin(45, year)).toBe('30d')
    expect(expiryWithin(90, { ...year, maxLifetimeDays: 60 })).toBe('30d')
    expect(expiryWithin(3, year)).toBe('7d')
    expect(expiryWithin(90, { ...year, maxLifetimeDays: 3 })).toBe('custom')
  })
})

describe('a custom date and time', () => {
  it('is interpreted in the time zone', () => {
    expect(typed('2027-02-19', '23:59', 'Europe/Berlin')).toBe('2027-02-19T22:59:00.000Z')
    expect(typed('2027-07-19', '23:59', 'Europe/Berlin')).toBe('2027-07-19T21:59:00.000Z')
    expect(typed('2027-02-19', '00:00', 'Pacific/Kiritimati')).toBe('2027-02-18T10:00:00.000Z')
    expect(typed('2027-02-19', '23:59', 'Pacific/Pago_Pago')).toBe('2027-02-20T10:59:00.000Z')
  })

  it('maps a skipped local time to after the gap and a repeated one to its first occurrence', () => {
    expect(typed('2027-03-28', '02:30', 'Europe/Berlin')).toBe('2027-03-28T01:30:00.000Z')
    expect(typed('2027-10-31', '02:30', 'Europe/Berlin')).toBe('2027-10-31T00:30:00.000Z')
    expect(typed('2027-03-28', '01:59', 'Europe/Berlin')).toBe('2027-03-28T00:59:00.000Z')
    expect(typed('2027-03-28', '03:00', 'Europe/Berlin')).toBe('2027-03-28T01:00:00.000Z')
  })

  it('is rejected if incomplete or not an existing day', () => {
    expect(typed('', '23:59', 'UTC')).toBeUndefined()
    expect(typed('2027-02-19', '', 'UTC')).toBeUndefined()
    expect(typed('2027-02-30', '12:00', 'UTC')).toBeUndefined()
    expect(typed('2027-02-19', '24:00', 'UTC')).toBeUndefined()
  })

  it('is restored from its instant', () => {
    const ms = Date.parse('2027-02-19T22:59:00Z')
    expect(typedOf(ms, 'Europe/Berlin')).toEqual({ date: '2027-02-19', time: '23:59' })
  })

  it('is rejected in the past and beyond the limit', () => {
    const terms = { nowMs: Date.parse('2026-11-21T12:00:00Z'), timeZone: 'UTC', policy: year }
    expect(expiryFault(terms.nowMs, terms)).toBe('past')
    expect(expiryFault(Date.parse('2027-11-21T12:00:00Z'), terms)).toBe('tooLate')
    expect(expiryFault(undefined, terms)).toBe('incomplete')
    expect(expiryFault(Date.parse('2027-11-20T12:00:00Z'), terms)).toBeUndefined()
    expect(lifetimeDays(Date.parse('2027-02-19T23:59:00Z'), terms.nowMs)).toBe(90)
  })
})

describe('wall times', () => {
  it('convert to an instant and back for every minute and kind of zone', () => {
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
          // A repeated hour resolves to its first occurrence.
          expect([0, 1_800_000, 3_600_000]).toContain(ms - found)
          expect(wallTimeAt(found, zone)).toEqual(wallTimeAt(ms, zone))
        },
      ),
      { numRuns: 300 },
    )
  })
})
