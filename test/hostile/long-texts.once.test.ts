import { routeList } from '@keyporter/contract'
import {
  compileMatcher,
  decodeBase64,
  decodeBase64url,
  isId,
  parseAuthorization,
  parseClientId,
  parseCompactJws,
  parseForm,
  parseInstant,
  parseScope,
  parseSecret,
  parseStrictJson,
} from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { listBodyFields, withValueAt } from '../support/body-fields.ts'
import { cpuMilliseconds } from '../support/cpu-time.ts'

// Every field and parser handles 100 KB of worst-case text in less than 50 ms, even when its limit is much lower.

const LENGTH = 100_000
const CPU_MILLISECONDS_MAX = 50

const units: readonly string[] = [
  'a',
  'A',
  '0',
  '9',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '-',
  '_',
  'A_',
  '.',
  'a.',
  '/',
  '/a',
  '{',
  '/{a}',
  '%',
  '%41',
  '=',
  '&',
  'a=&',
  '@',
  'a@',
  '"',
  '\\',
  '\\u0061',
  '[',
  '{"a":',
  ',',
  '1e',
  'é',
  'e\u0301',
  '\u0301',
  '\u0301\u0323',
  '\u1112\u1161\u11ab',
  '\u200D',
  '👩\u200D',
  '👩\uFE0F\u200D',
  '👍🏽',
  '\u202E',
  '\uFDFA',
  '漢',
]

const starts: readonly string[] = [
  'a',
  'A',
  '2027-01-01T00:00:00.',
  'https://a/',
  'kp_live_',
  'Basic ',
  'Bearer ',
  '{"a":"',
  '["',
]
const ends: readonly string[] = ['!', '\u0001', '"}', '"]']

/** Each unit repeated, alone and between one of the prefixes and one of the suffixes. */
const texts: readonly string[] = units.flatMap((unit, index) => {
  const run = unit.repeat(Math.ceil(LENGTH / unit.length))
  return [run, `${starts[index % starts.length]}${run}${ends[index % ends.length]}`]
})

/** Returns the texts that exceed the limit in three runs out of three. */
function findSlow(read: (text: string) => unknown): string[] {
  const isSlow = (text: string) => cpuMilliseconds(() => void read(text)) > CPU_MILLISECONDS_MAX
  return texts
    .filter((text) => isSlow(text) && isSlow(text) && isSlow(text))
    .map((text) => text.slice(0, 40))
}

const bodies = routeList.flatMap((route) =>
  listBodyFields(route)
    .filter(({ types }) => types.includes('string') || types.includes('fixed'))
    .map(({ path }) => [`${route.operationId} ${path.join('/')}`, route.body, path] as const),
)
const queries = routeList.flatMap((route) =>
  Object.entries(route.query?.shape ?? {}).map(
    ([name]) => [`${route.operationId} ${name}`, route.query, [name]] as const,
  ),
)
const params = routeList.flatMap((route) =>
  Object.entries(route.params?.shape ?? {}).map(
    ([name]) => [`${route.operationId} ${name}`, route.params, [name]] as const,
  ),
)

/** Routes share the schema of a field, so each field name is tested once. */
const fields = [
  ...new Map([...bodies, ...queries, ...params].map((one) => [one[2].join('/'), one])).values(),
]

const matcher = compileMatcher([
  { method: 'GET', path: '/v1/contacts/{id}/events/{event}', permissions: ['CONTACT_READ'] },
])

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  parseAuthorization,
  parseClientId,
  parseCompactJws,
  parseForm,
  parseInstant,
  parseScope,
  parseSecret,
  parseStrictJson,
  decodeBase64,
  decodeBase64url,
  'an id': (text) => isId('cred', text),
  'the permission map': (text) => matcher('GET', text),
}

describe('100 KB', () => {
  it.each(fields)('in %s are accepted or rejected within the limit', (_name, schema, path) => {
    expect(findSlow((text) => schema?.safeParse(withValueAt({}, path, text)))).toEqual([])
  })

  it.each(Object.entries(readers))('are parsed by %s within the limit', (_name, read) => {
    expect(findSlow(read)).toEqual([])
  })
})
