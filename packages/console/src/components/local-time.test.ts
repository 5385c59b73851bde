import { describe, expect, it } from 'vitest'
import { instantOfLocal, localOfInstant } from './local-time.ts'

describe('a local time', () => {
  it.each([
    ['2027-02-19T23:59', 'Europe/Berlin', '2027-02-19T22:59:00.000Z'],
    ['2027-07-19T23:59', 'Europe/Berlin', '2027-07-19T21:59:00.000Z'],
    ['2027-01-01T00:00', 'Pacific/Kiritimati', '2026-12-31T10:00:00.000Z'],
    ['2027-01-01T00:00', 'Pacific/Pago_Pago', '2027-01-01T11:00:00.000Z'],
    ['2027-01-01T00:00', 'Asia/Kathmandu', '2026-12-31T18:15:00.000Z'],
    ['2027-01-01T00:00', 'UTC', '2027-01-01T00:00:00.000Z'],
  ])('%s in %s is the instant %s, and back', (local, timeZone, at) => {
    expect(instantOfLocal(local, timeZone)).toBe(at)
    expect(localOfInstant(at, timeZone)).toBe(local)
  })

  it('just before and after a change of clocks is the right one of the two offsets', () => {
    // In Berlin 2027-03-28 02:00 becomes 03:00, and 2027-10-31 03:00 becomes 02:00.
    expect(instantOfLocal('2027-03-28T01:59', 'Europe/Berlin')).toBe('2027-03-28T00:59:00.000Z')
    expect(instantOfLocal('2027-03-28T03:00', 'Europe/Berlin')).toBe('2027-03-28T01:00:00.000Z')
    expect(instantOfLocal('2027-10-31T01:59', 'Europe/Berlin')).toBe('2027-10-30T23:59:00.000Z')
    expect(instantOfLocal('2027-10-31T03:00', 'Europe/Berlin')).toBe('2027-10-31T02:00:00.000Z')
  })

  it('that no clock shows is still an instant within the hour around it', () => {
    const at = Date.parse(instantOfLocal('2027-03-28T02:30', 'Europe/Berlin') ?? '')
    expect(Math.abs(at - Date.parse('2027-03-28T01:00:00Z'))).toBeLessThanOrEqual(1_800_000)
  })

  it('that is no date is none', () => {
    expect(instantOfLocal('')).toBeUndefined()
    expect(instantOfLocal('2027-13-01T00:00', 'UTC')).toBeUndefined()
  })
})
