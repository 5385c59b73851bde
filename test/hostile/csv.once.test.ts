import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi } from '../support/credentials.ts'
import { python, runProgram } from '../support/external-program.ts'
import { addPerson, PASSWORD } from '../support/people.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'
import { requireSystemPackage } from '../support/system-packages.ts'

// A spreadsheet shows the exported audit log as data, complete and without formulas.

let server: TestServer
let exported: TestResponse

const names = [
  `=HYPERLINK("https://evil.example","click")`,
  '=1+1',
  `+cmd|' /C calc'!A0`,
  '-2+3',
  '@SUM(1+1)*cmd',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  `"=1+1"`,
  `'=1+1`,
  ',=1+1',
  ';=1+1',
  'a","=1+1',
  'plain, with a comma',
  'with "quotes"',
]

const formula = /^[=+\-@\t\r\n\0＝＋－＠]/

beforeAll(async () => {
  server = await startTestServer()
  const { id: apiId } = await createContactsApi(server)
  for (const name of names) {
    const response = await server.send('POST', '/v1/credentials', {
      body: { name, notes: name, permissions: 'all', apiId },
    })
    await server.send('POST', `/v1/credentials/${response.body.id}/revoke`, {
      body: { reason: name },
    })
  }
  await addPerson(server, { name: '=1+1', email: '=1+1@example.org' })
  await server.send('POST', '/v1/sessions', {
    as: null,
    body: { email: '=1+1@example.org', password: `${PASSWORD}x` },
    headers: { 'user-agent': '=1+1' },
  })
  exported = await server.send('GET', '/v1/audit-events', { headers: { accept: 'text/csv' } })
})
afterAll(() => server.close())

describe('the audit log as CSV', () => {
  it('has no cell that a spreadsheet interprets as a formula', () => {
    const cells = readCsv(exported.text).flat()
    expect(cells.filter((cell) => formula.test(cell))).toEqual([])
    for (const name of names) {
      expect(cells).toContain(formula.test(name) ? `'${name}` : name)
    }
  })

  it('has one row per event, each with the same number of cells', async () => {
    const { text } = await server.send('GET', '/v1/audit-events', {
      headers: { accept: 'application/x-ndjson' },
    })
    const rows = readCsv(exported.text)
    expect(rows).toHaveLength(text.trimEnd().split('\n').length + 1)
    expect(new Set(rows.map((row) => row.length)).size).toBe(1)
  })

  it('is an attachment, so browsers save the file instead of rendering it', () => {
    const { status, headers } = exported
    expect([status, headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/csv'),
    ])
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is parsed by Python into the same cells', async (ctx) => {
    // The package depends on the Python interpreter that this test runs.
    requireSystemPackage(ctx, 'python3-requests')
    const script =
      'import csv, json, sys\nprint(json.dumps(list(csv.reader(sys.stdin, strict=True))))'
    const { code, stdout, stderr } = await runProgram(python(), {
      args: ['-c', script],
      input: exported.text,
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual(readCsv(exported.text))
  })
})

/** Parses CSV strictly by RFC 4180. */
function readCsv(text: string): string[][] {
  expect(text.endsWith('\r\n')).toBe(true)
  const rows: string[][] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  let row: string[] = []
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const [, quoted, plain = '', end] = cell.exec(text) ?? []
    if (end === undefined) throw new Error(`not CSV at ${at}: ${text.slice(at, at + 60)}`)
    row.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
