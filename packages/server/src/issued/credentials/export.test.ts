import { routes } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
} from '../../../../../test/support/credentials.ts'
import { runSql } from '../../../../../test/support/raw-sql.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { isReply } from '../../kernel/route-handler.ts'
import { listCredentials } from './list.ts'

// More than two batches of the export.
const MANY = 1_100
let server: TestServer
let apiId: string
let other: Awaited<ReturnType<typeof createOrganization>>
let secret: string

beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
  other = await createOrganization(server, 'Other')
  const made = await createCredential(server, {
    name: '=HYPERLINK("http://evil.example")',
    notes: 'First line,\nsecond "line"',
    permissions: ['CONTACT_READ', 'EVENT_READ'],
  })
  secret = made.clientSecret
  await server.send('POST', `/v1/credentials/${made.id}/revoke`, { body: { reason: '@SUM(A1)' } })
  const { id } = await createCredential(server, { name: 'Template', environment: 'test' })
  // Three copies with the same creation instant.
  const copies = Array.from({ length: MANY }, (_, at) => {
    const createdAt = server.clock.now() - Math.floor(at / 3)
    return `('copy_${at}', ${createdAt})`
  })
  await runSql(
    server,
    `insert into credentials (id, organization_id, api_id, client_id, name, name_key, notes,
      environment, kind, permissions, created_at, expires_at, created_by_type, created_by_name,
      updated_at, version)
     select copies.column1, organization_id, api_id, copies.column1, 'Copy', 'copy', notes, environment,
      kind, permissions, copies.column2, expires_at, created_by_type, created_by_name, updated_at, version
     from credentials cross join (values ${copies.join(', ')}) as copies where id = '${id}'`,
  )
}, 120_000)
afterAll(() => server.close())

const download = (query = '', as = server.manager) =>
  server.send('GET', `/v1/credentials?apiId=${apiId}${query}`, {
    as,
    headers: { accept: 'text/csv' },
  })
const idsOf = (text: string) =>
  text
    .split('\r\n')
    .slice(1)
    .flatMap((line) => /^(cred|copy)_\w+/.exec(line)?.[0] ?? [])

/** Reads the export part by part, and calls a function after each part. */
async function* exported(query: Parameters<typeof listCredentials>[1]['query']) {
  const ctx = server.program.systemContext(server.operatorId)
  const result = await listCredentials(ctx, { params: {}, body: {}, query, mediaType: 'text/csv' })
  if (!isReply(result) || result.stream === undefined) throw new Error('no stream')
  yield* result.stream.lines
}

describe('does', () => {
  it('an export is a UTF-8 file with a byte order mark and the field names of the API', async () => {
    const { status, headers, bytes } = await bytesOf('&status=revoked')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toBe('attachment; filename="credentials.csv"')
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const [header = ''] = bytes.subarray(3).toString('utf8').split('\r\n')
    const known = Object.keys(routes.credentials.get.response.shape)
    for (const name of header.split(','))
      expect(known).toContain(name.replace(/(?<=By)(Type|Id|Name)$/, ''))
    expect(new Set(header.split(','))).toHaveLength(header.split(',').length)
  })

  it('line breaks are quoted, formulas are neutralized, and secrets are omitted', async () => {
    const { text } = await download('&status=revoked')
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
    expect(text).toContain(`"First line,\nsecond ""line"""`)
    expect(text).toContain(`,'@SUM(A1),`)
    expect(text).toContain(',CONTACT_READ EVENT_READ,2027-03-01T12:00:00.000Z,')
    expect(text).not.toContain(secret)
    expect(text).not.toContain(secret.slice(-4))
  })

  it('contains each matching credential once, newest first', async () => {
    const ids = idsOf((await download('&environment=test')).text)
    expect(ids).toHaveLength(MANY + 1)
    expect(new Set(ids)).toHaveLength(MANY + 1)
    const page = await server.send(
      'GET',
      `/v1/credentials?apiId=${apiId}&environment=test&limit=100`,
    )
    expect(ids.slice(0, 100)).toEqual(page.body.data.map(({ id }: { id: string }) => id))
    const oldestFirst = idsOf((await download('&environment=test&sort=createdAt')).text)
    expect(oldestFirst).toEqual(ids.toReversed())
    const byName = idsOf((await download('&environment=test&sort=name')).text)
    expect(byName).toEqual(ids)
  })

  it('applies the filters; without a match only the header is sent', async () => {
    expect(idsOf((await download('&status=revoked,expired')).text)).toHaveLength(1)
    expect(idsOf((await download('&q=Template')).text)).toHaveLength(1)
    const { text } = await download('&q=nothing')
    expect(text.split('\r\n')).toHaveLength(2)
  })

  it('contains each credential once and terminates, despite concurrent changes', async () => {
    const expected = idsOf((await download('&environment=test')).text).toSorted()
    for (const sort of ['createdAt', '-createdAt', 'name', 'lastUsedAt'] as const) {
      let text = ''
      for await (const part of exported({ apiId, environment: 'test', sort })) {
        text += part
        server.clock.move(1)
        await createCredential(server, { name: 'Late', apiId, environment: 'test' })
        await runSql(
          server,
          `update credentials set name = 'A', name_key = 'a' where id = 'copy_${text.length % MANY}'`,
          `insert into last_uses values ('copy_${text.length % MANY}', '${server.operatorId}',
            ${server.clock.now()}, '') on conflict (subject_id) do update set at = excluded.at`,
        )
      }
      const ids = idsOf(text)
      expect(new Set(ids)).toHaveLength(ids.length)
      expect(ids).toEqual(expect.arrayContaining(expected))
      const made = ids.filter((id) => !expected.includes(id))
      expect(made.length).toBeLessThanOrEqual(10)
      expected.splice(0, expected.length, ...idsOf((await download('&environment=test')).text))
    }
  })

  it('contains only the credentials of the organization', async () => {
    await createCredential(server, { name: 'Theirs', apiId, organizationId: other.id })
    const { text } = await download('', other.manager)
    expect(idsOf(text)).toHaveLength(1)
    expect(text).toContain('Theirs')
  })
})

describe('rejects', () => {
  it.each(['limit=5', 'cursor=x', 'include=counts'])('%s', async (query) => {
    const { status, body } = await download(`&${query}`)
    expect([status, body.errors[0].pointer]).toEqual([400, `/query/${query.split('=')[0]}`])
  })

  it('an unsupported media type', async () => {
    const response = await server.send('GET', '/v1/credentials', {
      headers: { accept: 'text/html' },
    })
    expect([response.status, response.body.code]).toEqual([406, 'not_acceptable'])
  })
})

/** `ask` decodes text, which removes the byte order mark. */
async function bytesOf(query: string) {
  const { clientId, clientSecret } = server.manager
  const response = await fetch(`${server.url}/v1/credentials?apiId=${apiId}${query}`, {
    headers: {
      accept: 'text/csv',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
  })
  const { status, headers } = response
  return { status, headers, bytes: Buffer.from(await response.arrayBuffer()) }
}
