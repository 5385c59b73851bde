import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../../../../../test/support/any-text.ts'
import { createRedactor } from './redactor.ts'

const secret = 'p/ss+w"rd & <ünï>'

function mask(secrets: readonly string[], pieces: readonly (string | Buffer)[]): Buffer {
  const body = createRedactor(secrets)?.createStreamRedactor()
  if (body === undefined) throw new Error('nothing to mask')
  return Buffer.concat([...pieces.map((piece) => body.push(Buffer.from(piece))), body.end()])
}

/** Splits bytes at these positions. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const borders = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length]
  borders.sort((a, b) => a - b)
  return borders.slice(1).map((border, index) => bytes.subarray(borders[index], border))
}

const echoes: Readonly<Record<string, (text: string) => string>> = {
  'as it stands': (text) => text,
  'in JSON': (text) => JSON.stringify(text),
  'in JSON of ASCII alone': (text) =>
    JSON.stringify(text).replaceAll(/[^\0-\x7F]/g, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    }),
  'in JSON with slashes escaped': (text) => JSON.stringify(text).replaceAll('/', String.raw`\/`),
  'as a component of an address': (text) => encodeURIComponent(text),
  'as a component in lower case': (text) =>
    encodeURIComponent(text).replaceAll(/%../g, (triplet) => triplet.toLowerCase()),
  'in a form': (text) => new URLSearchParams({ text }).toString(),
  'in HTML': (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;'),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64 behind one byte': (text) => Buffer.from(`:${text}!`).toString('base64'),
  'in base64 behind a name': (text) => Buffer.from(`ab:${text}!!`).toString('base64'),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in capital hexadecimal': (text) => Buffer.from(text).toString('hex').toUpperCase(),
}

describe('does', () => {
  it.each(Object.entries(echoes))('a secret %s is redacted, and nothing else', (_name, echo) => {
    for (const text of [secret, 'sk_live_4eC39HqLyjWDarjtT1zdp7dc', '~~~~~~???>>>']) {
      const coded = echo(text)
      const before = `before ${coded} behind`
      const after = mask([text], [before]).toString()
      expect(Buffer.byteLength(after)).toBe(Buffer.byteLength(before))
      expect(after).toMatch(/^before .*\*{6,}.* behind$/)
      // In base64, adjacent characters contain bits of the secret and of its neighbours.
      expect(after.replaceAll('*', '').length - 'before  behind'.length).toBeLessThan(12)
    }
  })

  it('a secret is redacted wherever the body is split', () => {
    const bytes = Buffer.from(`{"a":"${secret}","b":"${encodeURIComponent(secret)}"}`)
    const whole = mask([secret], [bytes])
    for (let place = 0; place <= bytes.length; place += 1)
      expect(mask([secret], cut(bytes, [place])).toString()).toBe(whole.toString())
    expect(mask([secret], cut(bytes, [...bytes.keys()])).toString()).toBe(whole.toString())
  })

  it('every occurrence in many chunks is redacted, and no other byte is changed', () => {
    const letters = fc.array(fc.constantFrom('a', 'b'), { minLength: 6, maxLength: 9 })
    const texts = fc.array(
      letters.map((all) => all.join('')),
      { minLength: 1, maxLength: 3 },
    )
    const body = fc.array(fc.constantFrom('a', 'b', 'ab', 'c'), { maxLength: 60 })
    fc.assert(
      fc.property(texts, body, fc.array(fc.nat(), { maxLength: 8 }), (secrets, parts, places) => {
        const text = parts.join('')
        const masked = mask(secrets, cut(Buffer.from(text), places)).toString()
        expect(masked).toBe(blankEach(text, secrets))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    // A shorter secret is contained in the beginning of a longer one, of which only the beginning
    // arrives.
    ['bbaababa baabab', 'abbaabab', 'ab******'],
    ['xxsecretz secret', 'a xxsecret', 'a xx******'],
    ['xxsecretz secret', 'a xxsecretz', 'a *********'],
    ['xxsecretz secret', 'a xxsecrety', 'a xx******y'],
  ])('with the secrets %s, the rest of %s is unchanged', (secrets, text, masked) => {
    for (let place = 0; place <= text.length; place += 1)
      expect(mask(secrets.split(' '), cut(Buffer.from(text), [place])).toString()).toBe(masked)
    expect(
      mask(secrets.split(' '), cut(Buffer.from(text), [...Array(text.length).keys()])).toString(),
    ).toBe(masked)
  })

  it('any secret of six bytes or more is redacted from any text', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, text, behind) => {
        fc.pre(text.length >= 6)
        const bytes = Buffer.from(before + text + behind)
        const masked = mask([text], [bytes])
        expect(masked).toHaveLength(bytes.length)
        expect(masked.includes(text)).toBe(/^\*+$/.test(text))
      }),
    )
  })

  it('bytes that cannot belong to a secret are forwarded immediately', () => {
    const body = createRedactor([secret])?.createStreamRedactor()
    expect(body?.push(Buffer.from('data: 1\n\n')).toString()).toBe('data: 1\n\n')
    expect(body?.push(Buffer.from('data: p/ss')).toString()).toBe('data: ')
    expect(body?.push(Buffer.from('x\n\n')).toString()).toBe('p/ssx\n\n')
    expect(body?.end()).toHaveLength(0)
  })

  it('bytes without a secret are not copied', () => {
    const bytes = Buffer.alloc(65_536, 'no secret here ')
    const passed = createRedactor([secret])?.createStreamRedactor().push(bytes)
    expect(passed?.buffer).toBe(bytes.buffer)
    expect(passed).toHaveLength(bytes.length)
  })

  it('a header is redacted in every encoding', () => {
    const { redactText } = createRedactor([secret]) ?? { redactText: (text: string) => text }
    const location = `https://example.com/?key=${encodeURIComponent(secret)}&a=1`
    expect(redactText(location)).toMatch(/^https:\/\/example\.com\/\?key=\*{20,}&a=1$/)
    expect(redactText('nothing of that sort, though it is long enough')).toBe(
      'nothing of that sort, though it is long enough',
    )
  })
})

describe('ignores', () => {
  it('a secret shorter than six characters is not redacted', () => {
    expect(createRedactor([])).toBeUndefined()
    expect(createRedactor(['', 'abcde'])).toBeUndefined()
    expect(mask(['abcde', 'abcdef'], ['abcdeg abcdef']).toString()).toBe('abcdeg ******')
  })
})

/** Redacts with a simple algorithm, as a reference. */
function blankEach(text: string, secrets: readonly string[]): string {
  const blanked = [...text]
  for (const one of secrets)
    for (let at = text.indexOf(one); at !== -1; at = text.indexOf(one, at + 1))
      blanked.fill('*', at, at + one.length)
  return blanked.join('')
}
