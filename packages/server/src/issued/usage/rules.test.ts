import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import { usageRange, usageReport } from './rules.ts'

const NOW = Date.parse('2027-03-15T12:34:56.789Z')
const range = (query: Parameters<typeof usageRange>[0]) => {
  const { fromMs, toMs } = usageRange(query, NOW)
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
}

describe('usageRange', () => {
  it('covers the last 30 days including today', () => {
    expect(range({})).toStrictEqual(['2027-02-14T00:00:00.000Z', '2027-03-16T00:00:00.000Z'])
  })

  it('covers the last 24 hours including the current one', () => {
    expect(range({ interval: 'hour' })).toStrictEqual([
      '2027-03-14T13:00:00.000Z',
      '2027-03-15T13:00:00.000Z',
    ])
  })

  it('extends the range to whole steps in UTC', () => {
    const from = '2027-03-01T23:30:00-05:00'
    const to = '2027-03-03T00:00:00.001Z'
    expect(range({ from, to })).toStrictEqual([
      '2027-03-02T00:00:00.000Z',
      '2027-03-04T00:00:00.000Z',
    ])
    expect(range({ from, to, interval: 'hour' })).toStrictEqual([
      '2027-03-02T04:00:00.000Z',
      '2027-03-03T01:00:00.000Z',
    ])
  })

  it('keeps a range of whole steps', () => {
    const [from, to] = ['2027-03-02T00:00:00.000Z', '2027-03-03T00:00:00.000Z']
    expect(range({ from, to })).toStrictEqual([from, to])
    expect(range({ from: '1969-12-30T12:00:00Z', to: '1970-01-01T00:00:00Z' })).toStrictEqual([
      '1969-12-30T00:00:00.000Z',
      '1970-01-01T00:00:00.000Z',
    ])
  })

  it('covers at most 400 days, or 31 days by hour', () => {
    const to = '2027-03-01T00:00:00Z'
    expect(range({ from: '2026-01-25T00:00:00Z', to })).toHaveLength(2)
    expect(() => range({ from: '2026-01-24T00:00:00Z', to })).toThrow(AppError)
    expect(range({ from: '2027-01-29T00:00:00Z', to, interval: 'hour' })).toHaveLength(2)
    expect(() => range({ from: '2027-01-28T23:59:59Z', to, interval: 'hour' })).toThrow(AppError)
  })

  it('rejects an empty range', () => {
    const instant = '2027-03-02T00:00:00Z'
    expect(() => range({ from: instant, to: instant })).toThrow('from must be before to.')
    expect(() => range({ from: '2027-03-20T00:00:00Z' })).toThrow(AppError)
  })
})

describe('usageReport', () => {
  it('has a bucket for every step, and totals', () => {
    const asked = usageRange({ from: '2027-03-01T00:00:00Z', to: '2027-03-04T00:00:00Z' }, NOW)
    const start = asked.fromMs + asked.stepMs
    const report = usageReport(asked, [
      { start, outcome: 'valid', permission: '', count: 3 },
      { start, outcome: 'valid', permission: 'A_READ', count: 2 },
      { start, outcome: 'revoked', permission: '', count: 1 },
      { start: start + asked.stepMs, outcome: 'valid', permission: '', count: 4 },
    ])
    expect(report).toStrictEqual({
      from: '2027-03-01T00:00:00.000Z',
      to: '2027-03-04T00:00:00.000Z',
      interval: 'day',
      buckets: [
        { start: '2027-03-01T00:00:00.000Z', outcomes: {}, permissions: {} },
        {
          start: '2027-03-02T00:00:00.000Z',
          outcomes: { valid: 3, revoked: 1 },
          permissions: { A_READ: 2 },
        },
        { start: '2027-03-03T00:00:00.000Z', outcomes: { valid: 4 }, permissions: {} },
      ],
      totals: { outcomes: { valid: 7, revoked: 1 }, permissions: { A_READ: 2 } },
    })
  })
})
