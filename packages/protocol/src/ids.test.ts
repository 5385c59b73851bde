import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateId, ID_KINDS, isId } from './ids.ts'

const zeros = (length: number) => new Uint8Array(length)
const ones = (length: number) => new Uint8Array(length).fill(0xff)

describe('does', () => {
  test('an identifier is its kind and a UUIDv7 of its millisecond', () => {
    const now = fc.integer({ min: 0, max: 2 ** 48 - 1 })
    fc.assert(
      fc.property(fc.constantFrom(...ID_KINDS), now, (kind, nowMs) => {
        const id = generateId(kind, nowMs, randomBytes)
        const uuid = decodeSuffix(id.slice(kind.length + 1))
        expect(isId(kind, id)).toBe(true)
        expect(uuid >> 80n).toBe(BigInt(nowMs))
        expect((uuid >> 76n) & 0xfn).toBe(7n)
        expect((uuid >> 62n) & 0b11n).toBe(0b10n)
      }),
    )
  })

  test('the example of the TypeID specification matches', () => {
    // 01890a5d-ac96-774b-bcce-b302099a8057
    const entropy = Uint8Array.from(Buffer.from('774bbcceb302099a8057', 'hex'))
    const nowMs = 0x01890a5dac96
    expect(generateId('org', nowMs, () => entropy)).toBe('org_01h455vb4pex5vsknk084sn02q')
  })

  test('random bits fill all bits except version and variant', () => {
    expect(generateId('org', 0, zeros)).toBe('org_0000000000e008000000000000')
    expect(generateId('org', 2 ** 48 - 1, ones)).toBe('org_7zzzzzzzzzfzzvzzzzzzzzzzzz')
  })

  test('later milliseconds sort after earlier ones', () => {
    const times = [0, 1, 65_535, 65_536, 1_700_000_000_000, 1_700_000_000_001, 2 ** 47]
    const ids = times.map((nowMs) => generateId('cred', nowMs, randomBytes))
    expect(ids.toSorted()).toEqual(ids)
  })

  test('10,000 identifiers of the same millisecond are unique', () => {
    const ids = Array.from({ length: 10_000 }, () => generateId('evt', 1, randomBytes))
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('rejects', () => {
  test.each([
    ['another kind', 'mem_01h455vb4pex5vsknk084sn02q'],
    ['a kind with the same prefix', 'organ_01h455vb4pex5vsknk084sn02q'],
    ['no kind', '01h455vb4pex5vsknk084sn02q'],
    ['25 characters', 'org_01h455vb4pex5vsknk084sn02'],
    ['27 characters', 'org_01h455vb4pex5vsknk084sn02q0'],
    ['upper case', 'org_01H455VB4PEX5VSKNK084SN02Q'],
    ['more than 128 bits', 'org_81h455vb4pex5vsknk084sn02q'],
    ['a letter that Crockford Base32 excludes', 'org_01h455vb4pex5vsknk084sn0il'],
    ['a line break at the end', 'org_01h455vb4pex5vsknk084sn02q\n'],
    ['white space', ' org_01h455vb4pex5vsknk084sn02q'],
  ])('%s', (_, text) => {
    expect(isId('org', text)).toBe(false)
  })
})

function decodeSuffix(suffix: string): bigint {
  return [...suffix].reduce(
    (sum, letter) => sum * 32n + BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(letter)),
    0n,
  )
}
