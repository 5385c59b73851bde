import { beforeEach, describe, expect, it } from 'vitest'
import { useTestStore } from '../../../../test/support/test-store.ts'
import { createIdempotencyRecords, markClaim } from './idempotency-records.ts'

const DAY_MS = 24 * 3_600_000
const CLAIM_MS = 2 * 60_000
const store = useTestStore()
let nowMs = 0

const records = () =>
  createIdempotencyRecords({ writeUnaudited: store().transact, clock: { now: () => nowMs } })
const claim = { principal: 'credential:cred_1', key: 'k', claimant: 'a', fingerprint: 'f' }

beforeEach(async () => {
  nowMs = 1_800_000_000_000
  await store().transact((tx) => tx.deleteFrom('idempotencyKeys').execute())
})

describe('claim', () => {
  it('succeeds for an unclaimed key', async () => {
    expect(await records().claim(claim)).toBeUndefined()
  })

  it('returns the existing claim while its request runs', async () => {
    await records().claim(claim)
    const earlier = await records().claim({ ...claim, fingerprint: 'other' })
    expect(earlier).toEqual({ fingerprint: 'f', status: null, body: null, targetId: null })
  })

  it('returns the stored response for a day', async () => {
    await records().claim(claim)
    await records().complete({ ...claim, status: 201, body: '{"id":"x"}' })
    nowMs += DAY_MS - 1
    const earlier = await records().claim(claim)
    expect(earlier).toMatchObject({ fingerprint: 'f', status: 201, body: '{"id":"x"}' })
    nowMs += 1
    expect(await records().claim({ ...claim, fingerprint: 'new' })).toBeUndefined()
    expect(await records().claim(claim)).toEqual({
      fingerprint: 'new',
      status: null,
      body: null,
      targetId: null,
    })
  })

  it('separates principals and keys', async () => {
    await records().claim(claim)
    expect(await records().claim({ ...claim, principal: 'member:mem_1' })).toBeUndefined()
    expect(await records().claim({ ...claim, key: 'l' })).toBeUndefined()
  })

  it('succeeds exactly once among concurrent claims', async () => {
    const claims = await Promise.all(Array.from({ length: 30 }, () => records().claim(claim)))
    expect(claims.filter((earlier) => earlier === undefined)).toHaveLength(1)
  })

  it('succeeds exactly once among concurrent claims of an expired key', async () => {
    await records().claim(claim)
    nowMs += DAY_MS
    const claims = await Promise.all(Array.from({ length: 30 }, () => records().claim(claim)))
    expect(claims.filter((earlier) => earlier === undefined)).toHaveLength(1)
  })
})

describe('release', () => {
  it('frees the key', async () => {
    await records().claim(claim)
    await records().release(claim)
    expect(await records().claim(claim)).toBeUndefined()
  })

  it('keeps completed records', async () => {
    await records().claim(claim)
    await records().complete({ ...claim, status: 204, body: null })
    await records().release(claim)
    expect(await records().claim(claim)).toMatchObject({
      fingerprint: 'f',
      status: 204,
      body: null,
    })
  })
})

describe('an interrupted claim', () => {
  const next = { ...claim, claimant: 'b' }
  const mark = (of: typeof claim) => store().transact((tx) => markClaim(tx, of, 'cred_1'))

  it('is replaced after two minutes, by one attempt, for the same request', async () => {
    await records().claim(claim)
    nowMs += CLAIM_MS - 1
    expect(await records().claim(next)).toMatchObject({ status: null, targetId: null })
    nowMs += 1
    expect(await records().claim({ ...next, fingerprint: 'other' })).toMatchObject({
      fingerprint: 'f',
    })
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        records().claim({ ...claim, claimant: `attempt ${index}` }),
      ),
    )
    expect(claims.filter((earlier) => earlier === undefined)).toHaveLength(1)
  })

  it('can no longer commit, complete or release once it is replaced', async () => {
    await records().claim(claim)
    nowMs += CLAIM_MS
    await records().claim(next)
    expect(await mark(claim)).toBe(false)
    await records().complete({ ...claim, status: 201, body: null })
    await records().release(claim)
    expect(await records().claim(claim)).toMatchObject({ status: null, targetId: null })
    expect(await mark(next)).toBe(true)
  })

  it('is not replaced after its change was committed', async () => {
    await records().claim(claim)
    expect(await mark(claim)).toBe(true)
    nowMs += CLAIM_MS
    expect(await records().claim(next)).toMatchObject({ status: null, targetId: 'cred_1' })
    await records().release(claim)
    expect(await records().claim(next)).toMatchObject({ status: null, targetId: 'cred_1' })
  })
})
