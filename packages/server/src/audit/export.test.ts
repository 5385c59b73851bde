import { createHash } from 'node:crypto'
import {
  type AuditHead,
  auditHashInput,
  EMPTY_CHAIN_HEAD,
  parseAuditEvent,
  verifyAuditEvent,
} from '@keyporter/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'
import { isReply } from '../kernel/route-handler.ts'
import { listAuditEvents } from './list.ts'

// More than one batch.
const MEMBERS = 520
let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  const add = (index: number) =>
    server.send('POST', '/v1/members', {
      body: { email: `m${index}@example.com`, name: `=HYPERLINK("${index}")`, privileges: [] },
    })
  for (let index = 0; index < MEMBERS; index += 10)
    await Promise.all(Array.from({ length: 10 }, (_, offset) => add(index + offset)))
}, 120_000)
afterAll(() => server.close())

type Query = Parameters<typeof listAuditEvents>[1]['query']

async function exported(mediaType: string, query: Query = {}, after = () => Promise.resolve()) {
  const ctx = server.program.systemContext(server.operatorId)
  const result = await listAuditEvents(ctx, { params: {}, body: {}, query, mediaType })
  if (!isReply(result) || result.stream === undefined) throw new Error('no stream')
  const parts: string[] = []
  for await (const part of result.stream.lines) {
    parts.push(part)
    await after()
  }
  return { ...result.stream, text: parts.join(''), parts }
}

describe('does', () => {
  it('the NDJSON export suffices to recompute the chain', async () => {
    const { text, parts, fileName, mediaType } = await exported('application/x-ndjson')
    expect([fileName, mediaType]).toStrictEqual(['audit-events.ndjson', 'application/x-ndjson'])
    expect(parts.length).toBeGreaterThan(1)
    let previous: AuditHead = EMPTY_CHAIN_HEAD
    for (const line of text.trimEnd().split('\n')) {
      const event = parseAuditEvent(JSON.parse(line))
      if (event === undefined) throw new Error('not an event')
      const computedHash = createHash('sha256').update(auditHashInput(event)).digest('base64url')
      const organizationId = server.operatorId
      expect(verifyAuditEvent(previous, { event, organizationId, computedHash })).toBeUndefined()
      previous = event
    }
    const { body } = await server.send('GET', '/v1/audit-events/verify')
    expect(body.head).toStrictEqual({ sequence: previous.sequence, hash: previous.hash })
  })

  it('the export contains every event as the list returns it', async () => {
    const { text } = await exported('application/x-ndjson', { sort: '-sequence' })
    const { body } = await server.send('GET', '/v1/audit-events?limit=100')
    const lines = text.split('\n').slice(0, 100)
    expect(lines.map((line) => JSON.parse(line))).toStrictEqual(body.data)
  })

  it('the CSV export has a header and no cell that a spreadsheet evaluates as a formula', async () => {
    const { text, fileName, mediaType } = await exported('text/csv', { action: 'member.created' })
    expect(fileName).toBe('audit-events.csv')
    expect(mediaType).toMatch(/^text\/csv; charset=utf-8/)
    const [header, ...lines] = text.trimEnd().split('\r\n')
    expect(header).toBe(
      'sequence,id,at,action,actorType,actorId,actorName,targetType,targetId,targetName,' +
        'organizationId,outcome,reason,ip,requestId,changes,previousHash,hash',
    )
    expect(lines.filter((line) => line.includes(`,"'=HYPERLINK(""`))).toHaveLength(MEMBERS)
    expect(text).not.toMatch(/,"?=/)
  })

  it('the export ends while events are appended', async () => {
    let added = 0
    const { text } = await exported('application/x-ndjson', {}, async () => {
      added += 1
      const email = `late${added}@example.com`
      await server.send('POST', '/v1/members', { body: { email, name: 'Late', privileges: [] } })
    })
    expect(text).not.toContain('"Late"')
  })
})

describe('rejects', () => {
  it('an export with paging is rejected', async () => {
    await expect(exported('text/csv', { limit: '5' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  it('an unknown media type is rejected', async () => {
    await expect(exported('text/html')).rejects.toMatchObject({ code: 'not_acceptable' })
  })
})
