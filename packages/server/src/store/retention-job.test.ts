import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useTestStore } from '../../../../test/support/test-store.ts'
import { createManualTimers } from '../../../../test/support/timers.ts'
import { insertConnectionRow } from '../../../../test/support/upstream-token-node.ts'
import { startJob } from '../platform/jobs.ts'
import { createLog } from '../platform/log.ts'
import { systemRandom } from '../platform/random.ts'
import { createRetentionJob } from './retention-job.ts'
import type { Tables } from './tables.ts'

const NOW = Date.UTC(2027, 2, 1)
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const store = useTestStore()

const run = (signal = new AbortController().signal) =>
  createRetentionJob({ writeUnaudited: store().transact, clock: { now: () => NOW } }).run(signal)

const session = (id: string, times: { expiresAt: number; endedAt?: number }) => ({
  id,
  digest: id,
  memberId: 'mem_1',
  organizationId: 'org_1',
  ip: '',
  userAgent: '',
  createdAt: 0,
  lastSeenAt: 0,
  endedAt: null,
  ...times,
})

beforeEach(async () => {
  await store().transact(async (tx) => {
    for (const table of [
      'idempotencyKeys',
      'sessions',
      'linkCodes',
      'revokedTokens',
      'changes',
      'usageCounters',
      'connections',
      'integrations',
      'members',
      'organizations',
    ] as const)
      await tx.deleteFrom(table).execute()
    await tx
      .insertInto('organizations')
      .values({
        id: 'org_1',
        name: '',
        slug: 's',
        operator: 1,
        features: '{}',
        policy: '{}',
        createdAt: 0,
        updatedAt: 0,
        version: 1,
      })
      .execute()
    await tx
      .insertInto('members')
      .values({
        id: 'mem_1',
        organizationId: 'org_1',
        email: '',
        name: '',
        privileges: '[]',
        passwordHash: null,
        preferences: '{}',
        totpEnabledAt: null,
        deactivatedAt: null,
        lastSignedInAt: null,
        createdAt: 0,
        updatedAt: 0,
        version: 1,
      })
      .execute()
  })
})

const remaining = async (table: keyof Tables, column: string): Promise<string[]> => {
  const rows = await store().reader.selectFrom(table).selectAll().execute()
  return rows
    .map((row) => String(Reflect.get(row, column)))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

describe('the retention job', () => {
  it('deletes expired idempotency keys', async () => {
    const row = {
      principal: 'p',
      fingerprint: '',
      claimant: '',
      status: null,
      body: null,
      createdAt: 0,
    }
    await store().transact((tx) =>
      tx
        .insertInto('idempotencyKeys')
        .values([
          { ...row, key: 'expired', expiresAt: NOW },
          { ...row, key: 'active', expiresAt: NOW + 1 },
        ])
        .execute(),
    )
    await run()
    expect(await remaining('idempotencyKeys', 'key')).toEqual(['active'])
  })

  it('deletes sessions that ended or expired 30 days ago', async () => {
    await store().transact((tx) =>
      tx
        .insertInto('sessions')
        .values([
          session('expired', { expiresAt: NOW - 30 * DAY_MS }),
          session('ended', { expiresAt: NOW + DAY_MS, endedAt: NOW - 30 * DAY_MS }),
          session('endedRecently', { expiresAt: NOW + DAY_MS, endedAt: NOW - DAY_MS }),
          session('active', { expiresAt: NOW + DAY_MS }),
        ])
        .execute(),
    )
    await run()
    expect(await remaining('sessions', 'id')).toEqual(['active', 'endedRecently'])
  })

  it('deletes link codes a day after their use or expiry', async () => {
    const row = { purpose: 'p', memberId: null, organizationId: null, createdAt: 0, usedAt: null }
    await store().transact((tx) =>
      tx
        .insertInto('linkCodes')
        .values([
          { ...row, digest: 'expired', expiresAt: NOW - DAY_MS },
          { ...row, digest: 'used', expiresAt: NOW + DAY_MS, usedAt: NOW - DAY_MS },
          { ...row, digest: 'active', expiresAt: NOW + DAY_MS },
        ])
        .execute(),
    )
    await run()
    expect(await remaining('linkCodes', 'digest')).toEqual(['active'])
  })

  it('deletes consents a day after their expiry', async () => {
    await insertConnectionRow(store(), 'conn_1')
    const row = { connectionId: 'conn_1', organizationId: 'org_1', memberId: null }
    const rest = { encryptedVerifier: '', createdAt: 0, usedAt: null }
    await store().transact((tx) =>
      tx
        .insertInto('upstreamConsents')
        .values([
          { ...row, ...rest, digest: 'expired', expiresAt: NOW - DAY_MS },
          { ...row, ...rest, digest: 'expiredRecently', expiresAt: NOW - MINUTE_MS },
          { ...row, ...rest, digest: 'active', expiresAt: NOW + MINUTE_MS },
        ])
        .execute(),
    )
    await run()
    expect(await remaining('upstreamConsents', 'digest')).toEqual(['active', 'expiredRecently'])
  })

  it('deletes revoked tokens ten minutes after their expiry, for slow clocks', async () => {
    const row = { credentialId: 'c', organizationId: 'o', revokedAt: 0 }
    await store().transact((tx) =>
      tx
        .insertInto('revokedTokens')
        .values([
          { ...row, jti: 'expired', expiresAt: NOW - 10 * MINUTE_MS },
          { ...row, jti: 'expiredRecently', expiresAt: NOW - MINUTE_MS },
          { ...row, jti: 'active', expiresAt: NOW + MINUTE_MS },
        ])
        .execute(),
    )
    await run()
    expect(await remaining('revokedTokens', 'jti')).toEqual(['active', 'expiredRecently'])
  })

  it('deletes changes after a day and keeps the sequence', async () => {
    const row = { kind: 'k', organizationId: 'o' }
    const insert = (subjectId: string, at: number) =>
      store().transact((tx) =>
        tx
          .insertInto('changes')
          .values({ ...row, subjectId, at })
          .execute(),
      )
    await insert('old', NOW - DAY_MS)
    await insert('new', NOW - 1)
    const [, newest] = await remaining('changes', 'seq')
    await run()
    expect(await remaining('changes', 'subjectId')).toEqual(['new'])
    await insert('next', NOW)
    const [, next] = await remaining('changes', 'seq')
    expect(Number(next)).toBeGreaterThan(Number(newest))
  })

  it('keeps the newest change, and every change after the first one that is kept', async () => {
    const row = { kind: 'k', organizationId: 'o' }
    const insert = (...times: readonly number[]) =>
      store().transact((tx) =>
        tx
          .insertInto('changes')
          .values(times.map((at, index) => ({ ...row, subjectId: `${index}`, at })))
          .execute(),
      )
    const old = NOW - 2 * DAY_MS
    // The clock of the second node is behind.
    await insert(old, NOW - 1, old, NOW)
    await run()
    expect(await remaining('changes', 'at')).toEqual([old, NOW - 1, NOW].map(String))
    await store().transact(async (tx) => void (await tx.deleteFrom('changes').execute()))
    await insert(...Array.from({ length: 2_500 }, () => old))
    await run()
    expect(await remaining('changes', 'subjectId')).toEqual(['2499'])
  })

  it('deletes thousands of usage counters after 400 days', async () => {
    const row = { credentialId: 'c', organizationId: 'o', outcome: 'valid', count: 1 }
    const old = Array.from({ length: 2_500 }, (_, index) => ({
      ...row,
      hour: NOW - 400 * DAY_MS,
      permission: `P${index}`,
    }))
    await store().transact((tx) =>
      tx
        .insertInto('usageCounters')
        .values([...old, { ...row, hour: NOW, permission: '' }])
        .execute(),
    )
    await run()
    expect(await remaining('usageCounters', 'hour')).toEqual([String(NOW)])
  })

  it('deletes nothing after it is stopped', async () => {
    const stopped = new AbortController()
    stopped.abort()
    const row = {
      principal: 'p',
      fingerprint: '',
      claimant: '',
      status: null,
      body: null,
      createdAt: 0,
    }
    await store().transact((tx) =>
      tx
        .insertInto('idempotencyKeys')
        .values({ ...row, key: 'expired', expiresAt: 0 })
        .execute(),
    )
    await run(stopped.signal)
    expect(await remaining('idempotencyKeys', 'key')).toEqual(['expired'])
  })

  it('continues after a failed write', async () => {
    const lines: string[] = []
    const writeUnaudited = async () => {
      throw new Error('no')
    }
    const timers = createManualTimers()
    const { stop } = startJob(createRetentionJob({ writeUnaudited, clock: { now: () => NOW } }), {
      log: createLog('info', { write: (line) => lines.push(line) }),
      timers,
      random: systemRandom,
    })
    for (const round of [1, 2]) {
      timers.fire()
      await vi.waitFor(() => expect([lines.length, timers.delaysMs().length]).toEqual([round, 1]))
    }
    await stop()
    expect(timers.delaysMs()).toEqual([])
  })
})
