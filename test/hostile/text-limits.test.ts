import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential } from '../support/credentials.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// Names have up to 64 and notes up to 250 code points, counted after NFC normalization.

let server: TestServer
let id: string

beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
  id = (await createCredential(server)).id
})
afterAll(() => server.close())

/** Each is one code point after NFC, with a growing number of bytes or parts. */
const characters: readonly (readonly [string, string])[] = [
  ['a letter', 'x'],
  ['a letter with an accent', 'é'],
  ['a letter and its combining accent', 'e\u0301'],
  ['a letter and three combining marks that compose into one', 'ω\u0313\u0301\u0345'],
  ['a Hangul syllable in three parts', '\u1112\u1161\u11ab'],
  ['an ideograph', '漢'],
  ['an ideograph beyond the first plane', '𠀀'],
  ['an emoji', '😀'],
  ['right-to-left letters', 'ש'],
]

const limits: readonly (readonly [string, number])[] = [
  ['name', 64],
  ['notes', 250],
]

const cases = limits.flatMap(([field, max]) =>
  characters.map(([name, character]) => [field, max, name, character] as const),
)

const change = (body: object): Promise<TestResponse> =>
  server.send('PATCH', `/v1/credentials/${id}`, { body })

describe('a text at its limit', () => {
  it.each(cases)(
    '%s stores %i of %s in NFC and rejects one more',
    async (field, max, _name, character) => {
      const text = character.repeat(max)
      expect((await change({ [field]: text })).status).toBe(200)
      const { body } = await server.send('GET', `/v1/credentials/${id}`)
      expect(Buffer.from(body[field])).toEqual(Buffer.from(text.normalize('NFC')))
      const beyond = await change({ [field]: character.repeat(max + 1) })
      expect([beyond.status, beyond.body.errors[0].pointer]).toEqual([400, `/${field}`])
    },
  )

  it.each(limits)('%s counts each code point of a composed emoji', async (field, max) => {
    const family = '👩‍👩‍👧‍👦'
    const parts = Array.from(family).length
    const fits = Math.floor(max / parts)
    expect((await change({ [field]: family.repeat(fits) })).status).toBe(200)
    expect((await change({ [field]: family.repeat(fits + 1) })).status).toBe(400)
  })
})

describe('a name', () => {
  it.each([
    ['a right-to-left override', 'abc\u202Efdp.exe'],
    ['an isolate', '\u2066abc\u2069'],
    ['a zero-width space', 'a\u200Bb'],
    ['a byte order mark', 'a\uFEFFbc'],
    ['a joiner between letters', 'a\u200Db'],
    ['a soft hyphen', 'a\u00ADb'],
    ['a tag character', 'a\u{E0041}b'],
    ['NUL', 'a\0b'],
    ['a line feed', 'a\nb'],
    ['an escape sequence', '\u001b[31mred'],
    ['a line separator', 'a\u2028b'],
    ['a private-use character', 'a\uE000b'],
  ])('rejects %s', async (_name, text) => {
    expect((await change({ name: text })).body.code).toBe('invalid_request')
  })

  it('stores confusable letters unchanged', async () => {
    for (const name of ['Acme', 'Асmе', 'Ａｃｍｅ', '𝐀𝐜𝐦𝐞']) {
      await change({ name })
      expect((await server.send('GET', `/v1/credentials/${id}`)).body.name).toBe(name)
    }
  })

  it('is found by a search in any normalization form', async () => {
    await change({ name: 'Zo\u00eb' })
    const { body } = await server.send(
      'GET',
      `/v1/credentials?q=${encodeURIComponent('Zoe\u0308')}`,
    )
    expect(body.data.map((one: { id: string }) => one.id)).toEqual([id])
  })
})
