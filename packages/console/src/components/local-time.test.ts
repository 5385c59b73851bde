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
  ])('%s in %s converts to %s and back', (local, timeZone, at) => {
    expect(instantOfLocal(local, timeZone)).toBe(at)
    expect(localOfInstant(at, timeZone)).toBe(local)
  })

  it('uses the correct offset just before and after a clock change', () => {
    // In Berlin 2027-03-28 02:00 becomes 03:00, and 2027-10-31 03:00 becomes 02:00.
    expect(instantOfLocal('2027-03-28T01:59', 'Europe/Berlin')).toBe('2027-03-28T00:59:00.000Z')
    expect(instantOfLocal('2027-03-28T03:00', 'Europe/Berlin')).toBe('2027-03-28T01:00:00.000Z')
    expect(instantOfLocal('2027-10-31T01:59', 'Europe/Berlin')).toBe('2027-10-30T23:59:00.000Z')
    expect(instantOfLocal('2027-10-31T03:00', 'Europe/Berlin')).toBe('2027-10-31T02:00:00.000Z')
  })

  it('skipped by a clock change converts to an instant within half an hour of the change', () => {
    const at = Date.parse(instantOfLocal('2027-03-28T02:30', 'Europe/Berlin') ?? '')
    expect(Math.abs(at - Date.parse('2027-03-28T01:00:00Z'))).toBeLessThanOrEqual(1_800_000)
  })

  it('is undefined for an invalid date', () => {
    expect(instantOfLocal('')).toBeUndefined()
    expect(instantOfLocal('2027-13-01T00:00', 'UTC')).toBeUndefined()
  })
})
