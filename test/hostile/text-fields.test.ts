import { readFileSync } from 'node:fs'
import type { Route } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BodyField,
  bodyRoutes,
  listTextFields,
  valueAt,
  withValueAt,
} from '../support/body-fields.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'
import { readVectors, vectorPath } from '../support/vectors.ts'

// The cases come from the contract and cover every text field. They run on both databases, because each rejects other
// texts. Imports start a worker thread, which is slow: only their stored fields are tested here, the others beside the
// parser.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 1_000_000, perNetwork: 1_000_000 } },
  })
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

const cases = bodyRoutes
  .flatMap((route) =>
    listTextFields(route).map(
      (field) => [route.operationId, field.path.join('/'), route, field] as const,
    ),
  )
  .filter(([operation, name]) => operation !== 'importApi' || name === 'apiId' || name === 'name')

const unusualTexts: Readonly<Record<string, string>> = {
  empty: '',
  space: ' ',
  NUL: 'a\0b',
  'NUL alone': '\0',
  'control characters': '\u0001\u0007\u001b[31m\u007f\u0085',
  'line ends': 'a\r\nSet-Cookie: a=b\n\u2028\u2029',
  'right-to-left override': 'abc\u202Efdp.exe',
  isolates: '\u2066abc\u2069',
  'zero-width characters': 'a\u200Bb\u200C\u200D\u2060\uFEFF',
  'a soft hyphen and tags': 'a\u00AD\u{E0041}\u{E0042}',
  confusables: 'Асmе Ріuѕ ｆｕｌｌ',
  decomposed: 'Zoe\u0308 A\u030A \uAC00\u11A8',
  'many combining marks': `Z${'\u0301'.repeat(60)}`,
  'an emoji family': '👩‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'private use': '\uE000\u{F0000}',
  noncharacters: '\uFFFE\uFFFF\u{1FFFE}',
  quotes: `'"\`\\''--`,
  SQL: `x'); drop table credentials; --`,
  wildcards: '%_\\%\\_[a-z]*?',
  HTML: '<img src=x onerror=alert(1)>"\'><script>alert(1)</script>',
  formula: "=cmd|' /C calc'!A0",
  template: '{{7*7}}${7*7}<%= 7*7 %>#{7*7}',
  path: '../../../../etc/passwd\\..\\',
  __proto__: '__proto__',
  'a long text': 'x'.repeat(5_000),
  'long emoji': '😀'.repeat(2_000),
}

describe('every text field accepts or rejects unusual text without a server error', () => {
  it.each(cases)('%s %s', { timeout: 60_000 }, async (operation, _name, route, field) => {
    // Failed attempts are counted for five minutes.
    server.clock.move(301_000)
    const texts = { ...unusualTexts, ...naughtyPart(cases.findIndex((one) => one[3] === field)) }
    for (const [name, text] of Object.entries(texts)) {
      if (operation !== 'importApi' || name === 'NUL')
        await expectRoundTrip({ route, field, name, text })
    }
    if (operation === 'importApi') return
    const large = await askWith(route, field, 'y'.repeat(1_048_576))
    const errors = [400, 401, 404, 409, 413, 429]
    // The body of a request to sign may be this large.
    expect([...errors, ...(operation === 'signCall' ? [200] : [])]).toContain(large.status)
  })

  it.each(cases.filter(([operation]) => operation !== 'importApi'))(
    '%s %s: half of a surrogate pair is rejected',
    async (_operation, _name, route, field) => {
      const { body } = await requests.create(route)
      const sent = JSON.stringify(withValueAt(body, field.path, 'HALF'))
      for (const half of ['\\ud800', 'x\\udc00\\ud800']) {
        const response = await requests.send(route, { body: sent.replace('HALF', half) })
        expect([response.status, response.body.code]).toEqual([400, 'malformed_json'])
      }
    },
  )
})

describe('the big list of naughty strings', () => {
  it('is stored in NFC or rejected as a credential’s name and notes, for every third string', async (ctx) => {
    const all: string[] = readVectors(ctx, 'naughty-strings', 'blns.json')
    const texts = all.filter((_text, index) => index % 3 === 0)
    let storedCount = 0
    for (const text of texts) {
      const path = `/v1/credentials/${requests.ids['credentials']}`
      const { status } = await server.send('PATCH', path, { body: { name: text, notes: text } })
      expect([200, 400]).toContain(status)
      if (status === 400) continue
      storedCount += 1
      const { body } = await server.send('GET', path)
      expect(body).toMatchObject({
        name: text.normalize('NFC').trim(),
        notes: text.normalize('NFC'),
      })
    }
    expect(storedCount).toBeGreaterThan(texts.length / 2)
  })
})

/** Returns a sixtieth of the list for each field, so 60 fields cover the list. */
function naughtyPart(index: number): Readonly<Record<string, string>> {
  const path = vectorPath('naughty-strings', 'blns.json')
  if (path === undefined) return {}
  const all: string[] = JSON.parse(readFileSync(path, 'utf8'))
  return Object.fromEntries(
    all.filter((_text, at) => at % 60 === index % 60).map((text) => [text, text]),
  )
}

type FieldCase = {
  readonly route: Route
  readonly field: BodyField
  readonly name: string
  readonly text: string
}

async function askWith(route: Route, field: BodyField, text: string): Promise<TestResponse> {
  const { body } = await requests.create(route)
  return requests.send(route, { body: withValueAt(body, field.path, text) })
}

/** Checks that the server does not fail, and that it returns an accepted text in NFC. */
async function expectRoundTrip({ route, field, name, text }: FieldCase): Promise<void> {
  const response = await askWith(route, field, text)
  expect(response.status, `${name}: ${response.text}`).toBeLessThan(500)
  // Verifications and signatures return other fields than the request contains.
  if (response.status >= 300 || /^(verify|signCall)$/.test(route.operationId)) return
  const returned = valueAt(response.body, field.path)
  if (typeof returned !== 'string') return
  expect(formsOf(text), `${name} is returned changed`).toContain(returned)
  const path = pathTo(route, response)
  if (path === undefined) return
  const stored = await server.send('GET', path)
  expect([stored.status, valueAt(stored.body, field.path)]).toEqual([200, returned])
}

function pathTo(route: Route, response: TestResponse): string | undefined {
  const { id } = response.body
  if (typeof id !== 'string' || /\/rotate$|:organization/.test(route.path)) return undefined
  return `/v1/${route.path.split('/')[2]}/${id}`
}

/** Returns the accepted forms of a text: NFC; a single line trimmed; an e-mail address in lower case. */
function formsOf(text: string): string[] {
  const nfc = text.normalize('NFC')
  return [nfc, nfc.trim(), nfc.replaceAll('\r\n', '\n'), nfc.trim().toLowerCase()]
}
