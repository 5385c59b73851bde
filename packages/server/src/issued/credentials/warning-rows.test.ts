import type { UsageOutcome } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential } from '../../../../../test/support/credentials.ts'
import { runSql } from '../../../../../test/support/raw-sql.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const names = ['expiring_soon', 'never_used', 'unused', 'rejected_requests'] as const
type Item = { readonly id: string; readonly warnings: string[]; readonly status: string }

let server: TestServer
let apiId: string
let all: readonly Item[]

/** Creates credentials with all combinations of lifetimes, uses and calls at the limits of the rules. */
beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
  const { id } = await createCredential(server, { apiId })
  const now = server.clock.now()
  const lives = [
    [now - 100 * DAY, now + 200 * DAY],
    [now - 100 * DAY, now + 14 * DAY],
    [now - 7 * DAY, now + 14 * DAY + 1],
    [now - 7 * DAY - 1, now + 14 * DAY + 1],
    [now - 360 * DAY, now + 40 * DAY],
    [now - 360 * DAY + 9, now + 40 * DAY],
    [now - 100 * DAY, now],
    [now - 100 * DAY, now + 1],
  ]
  const ends = [`null, null`, `${now - HOUR}, null`, `null, ${now - HOUR}`]
  const uses = [null, now, now - 90 * DAY, now - 90 * DAY - 1]
  const thisHour = now - (now % HOUR)
  const calls: readonly (readonly [hour: number, outcome: UsageOutcome, count: number][])[] = [
    [],
    [
      [thisHour, 'valid', 19],
      [thisHour, 'insufficient_permissions', 1],
    ],
    [
      [thisHour, 'token_issued', 10],
      [thisHour, 'valid', 10],
      [thisHour, 'wrong_api', 1],
    ],
    [[thisHour - 23 * HOUR, 'wrong_api', 1]],
    [
      [thisHour - 24 * HOUR, 'wrong_api', 1],
      [thisHour, 'valid', 1],
    ],
    [
      [thisHour - 23 * HOUR, 'valid', 20],
      [thisHour - HOUR, 'unmapped_operation', 1],
    ],
  ]
  const statements: string[] = []
  const cases = lives.flatMap((life) =>
    ends.flatMap((end) =>
      uses.flatMap((use) => calls.map((called) => ({ life, end, use, called }))),
    ),
  )
  for (const [at, { life, end, use, called }] of cases.entries()) {
    const made = `cred_${at}`
    statements.push(
      `insert into credentials (id, organization_id, api_id, client_id, name, name_key, notes,
        environment, kind, permissions, created_at, expires_at, suspended_at, revoked_at,
        created_by_type, created_by_name, updated_at, version)
       select '${made}', organization_id, api_id, '${made}', name, name_key, notes, environment, kind,
        permissions, ${life.join(', ')}, ${end}, created_by_type, created_by_name, updated_at, version
       from credentials where id = '${id}'`,
    )
    if (use !== null) {
      statements.push(
        `insert into last_uses values ('${made}', '${server.operatorId}', ${use}, '127.0.0.1')`,
      )
    }
    for (const [hour, outcome, count] of called) {
      const row = `'${made}', '${server.operatorId}', ${hour}, '${outcome}'`
      statements.push(`insert into usage_counters values (${row}, '', ${count})`)
      // Counters per permission are not calls.
      if (outcome === 'valid')
        statements.push(`insert into usage_counters values (${row}, 'CONTACT_READ', ${count})`)
    }
  }
  await runSql(server, ...statements)
  all = await walk('')
}, 120_000)
afterAll(() => server.close())

const ids = (items: readonly Item[]) => items.map(({ id }) => id).toSorted()

describe('does', () => {
  it('the test data contains each warning and its absence', () => {
    expect(all).toHaveLength(8 * 3 * 4 * 6 + 1)
    for (const name of names) {
      const having = all.filter(({ warnings }) => warnings.includes(name))
      expect(having.length).toBeGreaterThan(20)
      expect(having.length).toBeLessThan(all.length / 2)
      expect(new Set(having.map(({ status }) => status))).toEqual(new Set(['active', 'suspended']))
    }
  })

  it.each(names)(
    'the filter %s returns exactly the credentials with that warning',
    async (name) => {
      const found = await walk(`warning=${name}`)
      expect(ids(found)).toEqual(ids(all.filter(({ warnings }) => warnings.includes(name))))
    },
  )

  it('the filter `any` returns exactly the credentials with a warning', async () => {
    const found = await walk('warning=any&sort=lastUsedAt')
    expect(found.map(({ id }) => id)).toHaveLength(new Set(found.map(({ id }) => id)).size)
    expect(ids(found)).toEqual(ids(all.filter(({ warnings }) => warnings.length > 0)))
  })

  it('warnings combine with other filters', async () => {
    const found = await walk('warning=unused&status=suspended&sort=expiresAt')
    const expected = all.filter(
      ({ warnings, status }) => warnings.includes('unused') && status === 'suspended',
    )
    expect(ids(found)).toEqual(ids(expected))
  })

  it('counts ignore the filters of status and warning', async () => {
    const count = (name: string) => all.filter(({ warnings }) => warnings.includes(name)).length
    const expected = {
      any: all.filter(({ warnings }) => warnings.length > 0).length,
      ...Object.fromEntries(names.map((name) => [name, count(name)])),
    }
    for (const query of ['', '&status=revoked', '&warning=unused', '&limit=1&sort=name']) {
      const { body } = await list(`include=counts${query}`)
      expect(body.warningCounts).toEqual(expected)
      expect(body.counts).toEqual(
        Object.fromEntries(
          ['active', 'suspended', 'expired', 'revoked'].map((name) => [
            name,
            all.filter(({ status }) => status === name).length,
          ]),
        ),
      )
    }
    const none = await list('include=counts&environment=test')
    expect(none.body.warningCounts).toEqual({
      any: 0,
      expiring_soon: 0,
      never_used: 0,
      unused: 0,
      rejected_requests: 0,
    })
  })

  it('a single credential has the same warnings as in the list', async () => {
    for (const { id, warnings } of all.filter((_, at) => at % 40 === 0)) {
      const { body } = await server.send('GET', `/v1/credentials/${id}`)
      expect(body.warnings).toEqual(warnings)
    }
  })
})

describe('rejects', () => {
  it.each(['warning=lonely', 'warning=', 'warning=any,unused'])('%s', async (query) => {
    const { status, body } = await list(query)
    expect([status, body.errors[0].pointer]).toEqual([400, '/query/warning'])
  })

  it('a cursor of a different warning filter', async () => {
    const { body } = await list('warning=any&limit=1')
    const response = await list(`warning=unused&limit=1&cursor=${body.nextCursor}`)
    expect([response.status, response.body.code]).toEqual([400, 'invalid_cursor'])
  })
})

function list(query: string) {
  return server.send('GET', `/v1/credentials?apiId=${apiId}&${query}`)
}

async function walk(query: string): Promise<readonly Item[]> {
  const found: Item[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await list(`limit=100&${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    found.push(...body.data)
    cursor = body.nextCursor
  }
  return found
}
