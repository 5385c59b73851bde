import { describe, expect, it } from 'vitest'
import { barOf, ranked, unusedOf, usageRangeOf } from './usage-counts.ts'

const start = '2026-11-22T00:00:00.000Z'

describe('usage', () => {
  it('counts every outcome once, as accepted, rejected or token', () => {
    const outcomes = { valid: 7, revoked: 2, insufficient_permissions: 3, token_issued: 5 }
    expect(barOf(start, outcomes)).toStrictEqual({ start, accepted: 7, rejected: 5, tokens: 5 })
    expect(barOf(start, {})).toStrictEqual({ start, accepted: 0, rejected: 0, tokens: 0 })
  })

  it('sorts by count, then by name', () => {
    expect(ranked({ B: 1, A: 1, C: 9 })).toStrictEqual([
      ['C', 9],
      ['A', 1],
      ['B', 1],
    ])
  })

  it('lists permissions that were never used', () => {
    const totals = { outcomes: {}, permissions: { A_READ: 3, B_READ: 0 } }
    const report = { from: start, to: start, interval: 'day' as const, buckets: [], totals }
    expect(unusedOf(['A_READ', 'B_READ', 'C_READ'], report)).toStrictEqual(['B_READ', 'C_READ'])
  })

  it('covers seven days unless the URL names another range', () => {
    expect(['24h', '90d', 'x', undefined, 'toString'].map(usageRangeOf)).toStrictEqual([
      '24h',
      '90d',
      '7d',
      '7d',
      '7d',
    ])
  })
})
