import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuditHead,
  type AuditProblem,
  auditHashInput,
  EMPTY_CHAIN_HEAD,
  type HashedAuditEvent,
  parseAuditEvent,
  verifyAuditEvent,
  verifyStoredHead,
} from './audit-chain.ts'
import { formatInstant } from './instant.ts'

const hashOf = (event: Parameters<typeof auditHashInput>[0]): string =>
  createHash('sha256').update(auditHashInput(event)).digest('base64url')

function link(previous: AuditHead, change: Partial<HashedAuditEvent> = {}): HashedAuditEvent {
  const facts = {
    organizationId: 'org_1',
    sequence: previous.sequence + 1,
    id: `aud_${previous.sequence + 1}`,
    at: 1_800_000_000_000 + previous.sequence,
    action: 'credential.created',
    actorType: 'member',
    actorId: 'mem_1',
    actorName: 'Ada',
    targetType: 'credential',
    targetId: 'cred_1',
    targetName: 'Zeus',
    outcome: 'success',
    reason: null,
    ip: '192.0.2.1',
    requestId: null,
    changes: '{"name":{"from":null,"to":"Zeus"}}',
    previousHash: previous.hash,
    ...change,
  }
  return { ...facts, hash: change.hash ?? hashOf(facts) }
}

function chain(length: number): HashedAuditEvent[] {
  const links: HashedAuditEvent[] = []
  for (let count = 0; count < length; count += 1) links.push(link(links.at(-1) ?? EMPTY_CHAIN_HEAD))
  return links
}

function firstProblem(links: readonly HashedAuditEvent[]): AuditProblem | undefined {
  let previous = EMPTY_CHAIN_HEAD
  for (const event of links) {
    const computedHash = hashOf(event)
    const found = verifyAuditEvent(previous, { event, organizationId: 'org_1', computedHash })
    if (found !== undefined) return found
    previous = event
  }
  return undefined
}

const exported = (event: HashedAuditEvent) => ({
  id: event.id,
  sequence: event.sequence,
  at: formatInstant(event.at),
  action: event.action,
  actor: { type: event.actorType, id: event.actorId, name: event.actorName },
  target: { type: event.targetType, id: event.targetId, name: event.targetName },
  organizationId: event.organizationId,
  outcome: event.outcome,
  reason: event.reason,
  ip: event.ip,
  requestId: event.requestId,
  changes: JSON.parse(event.changes),
  previousHash: event.previousHash,
  hash: event.hash,
})

describe('auditHashInput', () => {
  it('is the JSON array of the format version and the fields', () => {
    const [first] = chain(1)
    if (first === undefined) throw new Error('no event')
    expect(auditHashInput(first)).toBe(
      '["keyporter-audit-v1","org_1",1,"aud_1",1800000000000,"credential.created","member","mem_1",' +
        '"Ada","credential","cred_1","Zeus","success",null,"192.0.2.1",null,' +
        '"{\\"name\\":{\\"from\\":null,\\"to\\":\\"Zeus\\"}}",""]',
    )
  })

  it('differs for events that differ in any field', () => {
    const original = link(EMPTY_CHAIN_HEAD)
    const changed: Partial<HashedAuditEvent>[] = [
      { organizationId: 'org_2' },
      { sequence: 2 },
      { id: 'aud_x' },
      { at: 0 },
      { action: 'credential.revoked' },
      { actorType: 'system' },
      { actorId: null },
      { actorName: '' },
      { targetType: 'member' },
      { targetId: null },
      { targetName: '' },
      { outcome: 'refused' },
      { reason: '' },
      { ip: null },
      { requestId: '' },
      { changes: '{}' },
      { previousHash: 'x' },
    ]
    const texts = changed.map((change) => auditHashInput({ ...original, ...change }))
    expect(new Set([auditHashInput(original), ...texts]).size).toBe(changed.length + 1)
  })
})

describe('verifyAuditEvent', () => {
  it('accepts an intact chain', () => {
    expect(firstProblem(chain(5))).toBeUndefined()
  })

  it('finds an altered event', () => {
    const links = chain(5).map((event) =>
      event.sequence === 3 ? { ...event, actorName: 'Eve' } : event,
    )
    expect(firstProblem(links)).toMatchObject({ sequence: 3, kind: 'altered' })
  })

  it('finds an altered event with a recomputed hash', () => {
    const links = chain(5)
    const forged = link(links[1] ?? EMPTY_CHAIN_HEAD, { actorName: 'Eve' })
    expect(firstProblem(links.with(2, forged))).toMatchObject({ sequence: 4, kind: 'broken_link' })
  })

  it('finds a removed event', () => {
    const links = chain(5).filter(({ sequence }) => sequence !== 2)
    expect(firstProblem(links)).toMatchObject({ sequence: 2, kind: 'missing' })
  })

  it('finds a missing first event', () => {
    expect(firstProblem(chain(5).slice(1))).toMatchObject({ sequence: 1, kind: 'missing' })
  })

  it('finds a removed event with renumbered successors', () => {
    const [first, , third] = chain(3)
    if (first === undefined || third === undefined) throw new Error('no events')
    const problem = firstProblem([first, { ...third, sequence: 2 }])
    expect(problem).toMatchObject({ sequence: 2, kind: 'broken_link' })
  })

  it('finds a duplicate event', () => {
    const links = chain(3)
    expect(firstProblem([...links.slice(0, 2), ...links.slice(1)])).toMatchObject({
      sequence: 2,
      kind: 'duplicate',
    })
  })

  it('finds swapped events', () => {
    const [first, second, third, fourth] = chain(4)
    if (!first || !second || !third || !fourth) throw new Error('no events')
    expect(firstProblem([first, third, second, fourth])).toMatchObject({ kind: 'missing' })
    const relabelled = [first, { ...third, sequence: 2 }, { ...second, sequence: 3 }, fourth]
    expect(firstProblem(relabelled)).toMatchObject({ sequence: 2, kind: 'broken_link' })
  })

  it('finds an event of another organization', () => {
    const [first] = chain(1)
    const foreign = link(first ?? EMPTY_CHAIN_HEAD, { organizationId: 'org_2' })
    expect(firstProblem([...chain(1), foreign])).toMatchObject({ sequence: 2, kind: 'foreign' })
  })
})

describe('verifyStoredHead', () => {
  const links = chain(3)
  const end = links.at(-1) ?? EMPTY_CHAIN_HEAD

  it('accepts a head that the chain contains', () => {
    const head = links[1] ?? EMPTY_CHAIN_HEAD
    expect(verifyStoredHead(end, { head, hashAt: links[1]?.hash })).toBeUndefined()
  })

  it('finds a truncated chain', () => {
    const head = { sequence: 7, hash: 'x' }
    const problem = verifyStoredHead(end, { head, hashAt: undefined })
    expect(problem).toMatchObject({ sequence: 4, kind: 'truncated' })
  })

  it('finds a rewritten chain', () => {
    const head = { sequence: 2, hash: 'x' }
    const problem = verifyStoredHead(end, { head, hashAt: links[1]?.hash })
    expect(problem).toMatchObject({ sequence: 2, kind: 'different_head' })
  })
})

describe('parseAuditEvent', () => {
  it('reads an exported event with its hash', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(
        text,
        fc.option(text),
        fc.dictionary(text, fc.record({ from: fc.jsonValue(), to: fc.jsonValue() })),
        (name, reason, changes) => {
          const event = link(EMPTY_CHAIN_HEAD, {
            actorName: name,
            reason,
            changes: JSON.stringify(changes),
          })
          const read = parseAuditEvent(JSON.parse(JSON.stringify(exported(event))))
          expect(read).toStrictEqual(event)
        },
      ),
    )
  })

  it('rejects an event with a missing field', () => {
    const whole = exported(link(EMPTY_CHAIN_HEAD))
    for (const name of Object.keys(whole)) {
      expect(parseAuditEvent({ ...whole, [name]: undefined })).toBeUndefined()
    }
    expect(parseAuditEvent({ ...whole, at: 'yesterday' })).toBeUndefined()
    expect(parseAuditEvent({ ...whole, sequence: 1.5 })).toBeUndefined()
    expect(parseAuditEvent([])).toBeUndefined()
    expect(parseAuditEvent(null)).toBeUndefined()
  })
})
