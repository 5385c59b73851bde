import { verifyAuditExport } from '@keyporter/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from './support/credentials.ts'
import { startTestServer, type TestServer } from './support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const send = (accept: string, query = '') =>
  server.send('GET', `/v1/audit-events${query}`, { headers: { accept } })

describe('the audit log', () => {
  it('is exported as NDJSON, which audit verify can check', async () => {
    const { status, headers, text } = await send('application/x-ndjson')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit-events.ndjson"')
    const { body } = await server.send('GET', '/v1/audit-events/verify')
    const report = await verifyAuditExport(text.split('\n'), { head: body.head })
    expect(report).toMatchObject({ intact: true, checked: body.checked, head: body.head })
  })

  it('is exported as CSV', async () => {
    const { headers, text } = await send('text/csv, application/json;q=0.5')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(text.split('\r\n')[0]).toMatch(/^sequence,id,at,action,/)
  })

  it('is JSON for Accept: */*', async () => {
    const { headers, body } = await send('*/*')
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(body.data.length).toBeGreaterThan(0)
  })

  it('of another organization contains only its own events', async () => {
    const other = await createOrganization(server, 'Other')
    const { text } = await server.send('GET', '/v1/audit-events', {
      as: other.manager,
      headers: { accept: 'application/x-ndjson' },
    })
    for (const line of text.trimEnd().split('\n'))
      expect(JSON.parse(line).organizationId).toBe(other.id)
  })

  it('is not available in other formats', async () => {
    const { status, body } = await send('text/html')
    expect([status, body.code]).toStrictEqual([406, 'not_acceptable'])
    expect(body.detail).toBe(
      'No media type in Accept is supported. Supported: application/json, text/csv, application/x-ndjson.',
    )
  })

  it('has no paging as CSV', async () => {
    const { status, body } = await send('text/csv', '?limit=5')
    expect([status, body.code]).toStrictEqual([400, 'invalid_request'])
  })
})
