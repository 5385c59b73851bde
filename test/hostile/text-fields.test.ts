import { readFileSync } from 'node:fs'
import type { Route } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BodyField,
  bodyRoutes,
  textFieldsOf,
  valueAt,
  withValueAt,
} from '../support/body-fields.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'
import { readVectors, vectorPath } from '../support/vectors.ts'

// H01, H09: generated from the contract, so that no text field can be forgotten. On both stores, because
// each has texts that it does not take. An import is read in a thread of its own, which takes its time: here
// only those of its fields that reach the store, and the others where its parser lies.

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
    textFieldsOf(route).map(
      (field) => [route.operationId, field.path.join('/'), route, field] as const,
    ),
  )
  .filter(([operation, name]) => operation !== 'importApi' || name === 'apiId' || name === 'name')

const strange: Readonly<Record<string, string>> = {
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
  'much combined': `Z${'\u0301'.repeat(60)}`,
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

describe('every text field takes or refuses, and never fails, what is strange', () => {
  it.each(cases)('%s %s', { timeout: 60_000 }, async (operation, _name, route, field) => {
    // Tries in vain are counted per five minutes.
    server.clock.move(301_000)
    const texts = { ...strange, ...naughtyPart(cases.findIndex((one) => one[3] === field)) }
    for (const [name, text] of Object.entries(texts)) {
      if (operation !== 'importApi' || name === 'NUL')
        await expectSound({ route, field, name, text })
    }
    if (operation === 'importApi') return
    const large = await askWith(route, field, 'y'.repeat(1_048_576))
    const refusals = [400, 401, 404, 409, 413, 429]
    // A body that is to be signed may be as large.
    expect([...refusals, ...(operation === 'signCall' ? [200] : [])]).toContain(large.status)
  })

  it.each(cases.filter(([operation]) => operation !== 'importApi'))(
    '%s %s: half of a surrogate pair is refused',
    async (_operation, _name, route, field) => {
      const { body } = await requests.to(route)
      const sent = JSON.stringify(withValueAt(body, field.path, 'HALF'))
      for (const half of ['\\ud800', 'x\\udc00\\ud800']) {
        const answer = await requests.ask(route, { body: sent.replace('HALF', half) })
        expect([answer.status, answer.body.code]).toEqual([400, 'malformed_json'])
      }
    },
  )
})

describe('the big list of naughty strings', () => {
  it('is kept, every third of it, as a credential’s name and notes where it may be one', async (ctx) => {
    const all: string[] = readVectors(ctx, 'naughty-strings', 'blns.json')
    const texts = all.filter((_text, index) => index % 3 === 0)
    let kept = 0
    for (const text of texts) {
      const path = `/v1/credentials/${requests.ids['credentials']}`
      const { status } = await server.ask('PATCH', path, { body: { name: text, notes: text } })
      expect([200, 400]).toContain(status)
      if (status === 400) continue
      kept += 1
      const { body } = await server.ask('GET', path)
      expect(body).toMatchObject({
        name: text.normalize('NFC').trim(),
        notes: text.normalize('NFC'),
      })
    }
    expect(kept).toBeGreaterThan(texts.length / 2)
  })
})

/** Each field gets a part of the list, and the list is through after every sixtieth field. */
function naughtyPart(index: number): Readonly<Record<string, string>> {
  const path = vectorPath('naughty-strings', 'blns.json')
  if (path === undefined) return {}
  const all: string[] = JSON.parse(readFileSync(path, 'utf8'))
  return Object.fromEntries(
    all.filter((_text, at) => at % 60 === index % 60).map((text) => [text, text]),
  )
}

type Trial = {
  readonly route: Route
  readonly field: BodyField
  readonly name: string
  readonly text: string
}

async function askWith(route: Route, field: BodyField, text: string): Promise<TestResponse> {
  const { body } = await requests.to(route)
  return requests.ask(route, { body: withValueAt(body, field.path, text) })
}

/** Never a failure of ours; and what was taken is given back as it was sent, in its NFC form. */
async function expectSound({ route, field, name, text }: Trial): Promise<void> {
  const answer = await askWith(route, field, text)
  expect(answer.status, `${name}: ${answer.text}`).toBeLessThan(500)
  // A verification lists what the credential holds, and a signature stands among headers of its own.
  if (answer.status >= 300 || /^(verify|signCall)$/.test(route.operationId)) return
  const returned = valueAt(answer.body, field.path)
  if (typeof returned !== 'string') return
  expect(formsOf(text), `${name} came back otherwise`).toContain(returned)
  const path = pathTo(route, answer)
  if (path === undefined) return
  const stored = await server.ask('GET', path)
  expect([stored.status, valueAt(stored.body, field.path)]).toEqual([200, returned])
}

function pathTo(route: Route, answer: TestResponse): string | undefined {
  const { id } = answer.body
  if (typeof id !== 'string' || /\/rotate$|:organization/.test(route.path)) return undefined
  return `/v1/${route.path.split('/')[2]}/${id}`
}

/** How a text may come back: NFC; a line without the space around it, an address in lower case. */
function formsOf(text: string): string[] {
  const nfc = text.normalize('NFC')
  return [nfc, nfc.trim(), nfc.replaceAll('\r\n', '\n'), nfc.trim().toLowerCase()]
}
