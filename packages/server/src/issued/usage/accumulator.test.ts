import { describe, expect, it } from 'vitest'
import type { Use } from '../../kernel/record-use.ts'
import { createUsageAccumulator } from './accumulator.ts'

const HOUR_MS = 3_600_000
const NOON = Date.UTC(2027, 2, 1, 12)

const use = (change: Partial<Use> = {}): Use => ({
  credential: { id: 'cred_1', organizationId: 'org_1' },
  outcome: 'valid',
  permissions: [],
  ip: '192.0.2.1',
  ...change,
})

describe('record', () => {
  it('counts uses by credential, hour and outcome', () => {
    const usage = createUsageAccumulator()
    usage.record(use(), NOON)
    usage.record(use(), NOON + HOUR_MS - 1)
    usage.record(use(), NOON + HOUR_MS)
    usage.record(use({ outcome: 'revoked' }), NOON)
    usage.record(use({ credential: { id: 'cred_2', organizationId: 'org_2' } }), NOON)
    const row = { credentialId: 'cred_1', organizationId: 'org_1', permission: '' }
    expect(usage.take().counts).toStrictEqual([
      { ...row, hour: NOON, outcome: 'revoked', count: 1 },
      { ...row, hour: NOON, outcome: 'valid', count: 2 },
      {
        ...row,
        credentialId: 'cred_2',
        organizationId: 'org_2',
        hour: NOON,
        outcome: 'valid',
        count: 1,
      },
      { ...row, hour: NOON + HOUR_MS, outcome: 'valid', count: 1 },
    ])
  })

  it('counts the permissions of valid uses only', () => {
    const usage = createUsageAccumulator()
    usage.record(use({ permissions: ['B_READ', 'A_READ'] }), NOON)
    usage.record(use({ permissions: ['A_READ'] }), NOON)
    usage.record(use({ permissions: ['A_READ'], outcome: 'insufficient_permissions' }), NOON)
    usage.record(use({ permissions: ['A_READ'], outcome: 'token_issued' }), NOON)
    const counted = usage.take().counts.filter(({ permission }) => permission !== '')
    expect(counted.map(({ permission, count }) => [permission, count])).toStrictEqual([
      ['A_READ', 2],
      ['B_READ', 1],
    ])
  })

  it('records a last use without counting it', () => {
    const usage = createUsageAccumulator()
    usage.recordLastUse({ id: 'intg_1', organizationId: 'org_1' }, NOON + 1)
    usage.recordLastUse({ id: 'intg_1', organizationId: 'org_1' }, NOON)
    expect(usage.take()).toStrictEqual({
      counts: [],
      lastUses: [{ subjectId: 'intg_1', organizationId: 'org_1', at: NOON + 1, ip: '' }],
    })
  })

  it('records time and address of the last use of credential and secret', () => {
    const usage = createUsageAccumulator()
    usage.record(use({ secretId: 'sec_1' }), NOON)
    usage.record(use({ secretId: 'sec_2', ip: '' }), NOON + 2)
    usage.record(use({ ip: '192.0.2.9' }), NOON + 1)
    const row = { organizationId: 'org_1' }
    expect(usage.take().lastUses).toStrictEqual([
      { ...row, subjectId: 'cred_1', at: NOON + 2, ip: '' },
      { ...row, subjectId: 'sec_1', at: NOON, ip: '192.0.2.1' },
      { ...row, subjectId: 'sec_2', at: NOON + 2, ip: '' },
    ])
  })

  it('does not record a last use for a revoked or expired credential', () => {
    const usage = createUsageAccumulator()
    for (const outcome of ['revoked', 'expired', 'suspended', 'not_found', 'malformed'] as const)
      usage.record(use({ outcome, secretId: 'sec_1' }), NOON)
    expect(usage.take().lastUses).toStrictEqual([])
  })
})

describe('take', () => {
  it('resets the accumulator', () => {
    const usage = createUsageAccumulator()
    usage.record(use(), NOON)
    usage.take()
    expect(usage.take()).toStrictEqual({ counts: [], lastUses: [] })
    usage.record(use(), NOON)
    expect(usage.take().counts).toMatchObject([{ count: 1 }])
  })
})

describe('putBack', () => {
  it('merges with usage that was recorded since', () => {
    const usage = createUsageAccumulator()
    usage.record(use({ permissions: ['A_READ'], secretId: 'sec_1' }), NOON)
    const batch = usage.take()
    usage.record(use({ permissions: ['A_READ'] }), NOON + 5)
    usage.putBack(batch)
    usage.record(use(), NOON + HOUR_MS)
    const { counts, lastUses } = usage.take()
    expect(counts.map(({ hour, permission, count }) => [hour, permission, count])).toStrictEqual([
      [NOON, '', 2],
      [NOON, 'A_READ', 2],
      [NOON + HOUR_MS, '', 1],
    ])
    expect(lastUses.map(({ subjectId, at }) => [subjectId, at])).toStrictEqual([
      ['cred_1', NOON + HOUR_MS],
      ['sec_1', NOON],
    ])
  })
})

describe('the limit', () => {
  it('keeps existing counters and drops new ones', () => {
    const usage = createUsageAccumulator(2)
    for (let count = 0; count < 3; count += 1) {
      usage.record(use(), NOON)
      usage.record(use({ credential: { id: 'cred_2', organizationId: 'org_1' } }), NOON)
    }
    const { counts, lastUses } = usage.take()
    expect(counts).toMatchObject([{ credentialId: 'cred_1', count: 3 }])
    expect(lastUses).toHaveLength(1)
    expect(usage.droppedCount()).toBe(3)
    usage.record(use(), NOON)
    expect(usage.take().counts).toHaveLength(1)
  })
})
