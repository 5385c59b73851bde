import { createHash } from 'node:crypto'
import { type AuditHead, auditHashInput, EMPTY_CHAIN_HEAD } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { verifyAuditExport } from './audit-export.ts'

const AT = '2027-03-01T12:00:00.000Z'

function exported(count: number): string[] {
  const lines: string[] = []
  let previous: AuditHead = EMPTY_CHAIN_HEAD
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const facts = {
      organizationId: 'org_1',
      id: `aud_${sequence}`,
      action: 'credential.created',
      outcome: 'success',
      reason: null,
      ip: null,
      requestId: null,
      sequence,
      previousHash: previous.hash,
    }
    const text = auditHashInput({
      ...facts,
      at: Date.parse(AT),
      actorType: 'member',
      actorId: 'mem_1',
      actorName: 'Ada',
      targetType: 'credential',
      targetId: null,
      targetName: 'Zeus',
      changes: '{}',
    })
    const hash = createHash('sha256').update(text).digest('base64url')
    const actor = { type: 'member', id: 'mem_1', name: 'Ada' }
    const target = { type: 'credential', id: null, name: 'Zeus' }
    lines.push(JSON.stringify({ ...facts, at: AT, actor, target, changes: {}, hash }))
    previous = { sequence, hash }
  }
  return lines
}

const headOf = (line = '{}'): AuditHead => {
  const { sequence, hash } = JSON.parse(line)
  return { sequence, hash }
}

describe('verifyAuditExport', () => {
  const lines = exported(4)

  it('reports an intact export with its head', async () => {
    expect(await verifyAuditExport([...lines, ''])).toStrictEqual({
      intact: true,
      checked: 4,
      head: headOf(lines[3]),
      organizationId: 'org_1',
    })
    expect(await verifyAuditExport([])).toMatchObject({ intact: true, checked: 0 })
  })

  it('accepts the head of every event in the export', async () => {
    for (const line of lines)
      expect(await verifyAuditExport(lines, { head: headOf(line) })).toMatchObject({ intact: true })
    expect(await verifyAuditExport(lines, { head: EMPTY_CHAIN_HEAD })).toMatchObject({
      intact: true,
    })
  })

  it.each([
    ['an altered event', lines.with(1, (lines[1] ?? '').replace('Ada', 'Eve')), 2, 'altered'],
    ['a removed event', lines.toSpliced(2, 1), 3, 'missing'],
    ['a missing beginning', lines.slice(1), 1, 'missing'],
    ['events in another order', lines.toReversed(), 1, 'missing'],
    ['a duplicate event', lines.toSpliced(1, 0, lines[0] ?? ''), 1, 'duplicate'],
    ['a line that is not an event', lines.with(3, '{"sequence":4}'), 4, 'unreadable'],
    ['a duplicate name', lines.with(0, '{"id":1,"id":2}'), 1, 'unreadable'],
  ])('finds %s', async (_what, changed, sequence, kind) => {
    expect(await verifyAuditExport(changed)).toMatchObject({
      intact: false,
      checked: sequence - 1 + (kind === 'duplicate' ? 1 : 0),
      firstProblem: { sequence, kind },
    })
  })

  it('detects truncation and a rewritten chain with a stored head', async () => {
    const head = headOf(lines[3])
    expect(await verifyAuditExport(lines.slice(0, 2), { head })).toMatchObject({
      firstProblem: { sequence: 3, kind: 'truncated' },
    })
    const other = { sequence: 2, hash: 'other' }
    expect(await verifyAuditExport(lines, { head: other })).toMatchObject({
      firstProblem: { sequence: 2, kind: 'different_head' },
    })
  })
})
