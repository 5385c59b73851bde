import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readVectors } from '../../../test/support/vectors.ts'
import { addCalendarYears, formatInstant, parseInstant } from './instant.ts'

const anyInstant = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })

/** Valid in RFC 3339, but not supported: leap seconds and more than nine fraction digits. */
const REJECTED_ALTHOUGH_VALID = [
  '1998-12-31T23:59:60Z',
  '1998-12-31T15:59:60.123-08:00',
  '1985-04-12T00:59:59.999999999999999Z',
]

type FormatSuite = { tests: { data: unknown; valid: boolean }[] }[]

test('the date-time suite passes, except for leap seconds and the tenth fraction digit', (ctx) => {
  const suite = readVectors<FormatSuite>(ctx, 'formats', 'date-time.json')
  const deviations = suite
    .flatMap(({ tests }) => tests)
    .filter(({ data }) => typeof data === 'string')
    .filter(({ data, valid }) => (parseInstant(String(data)) !== undefined) !== valid)
    .map(({ data }) => data)
  expect(deviations).toEqual(REJECTED_ALTHOUGH_VALID)
})

describe('does', () => {
  test('a formatted instant is parsed to the same millisecond', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms)
      }),
    )
  })

  test('a parsed instant with any zone can be formatted', () => {
    const two = (max: number) => fc.nat({ max }).map((value) => String(value).padStart(2, '0'))
    const zone = fc
      .tuple(fc.constantFrom('+', '-'), two(25), two(61))
      .map(([sign, ...hm]) => `${sign}${hm.join(':')}`)
    const text = fc
      .tuple(
        fc.constantFrom('0000', '0001', '0099', '1900', '2000', '2027', '9999'),
        two(13),
        two(32),
        two(25),
        two(61),
        two(61),
        zone,
      )
      .map(
        ([year, month, day, ...rest]) =>
          `${year}-${month}-${day}T${rest.slice(0, 3).join(':')}${rest[3]}`,
      )
    fc.assert(
      fc.property(text, (candidate) => {
        const ms = parseInstant(candidate)
        if (ms === undefined) return
        expect(ms).toBe(Date.parse(candidate))
        expect(parseInstant(formatInstant(ms))).toBe(ms)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['2027-03-01T00:00:00Z', Date.UTC(2027, 2, 1)],
    ['2027-03-01t01:00:00.5+01:00', Date.UTC(2027, 2, 1) + 500],
    ['2027-03-01T00:00:00.999999999z', Date.UTC(2027, 2, 1) + 999],
    ['1969-12-31T23:59:59.001-00:00', -999],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    ['0000-01-01T00:00:00Z', -62_167_219_200_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('parses %s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms)
  })

  test('an instant is formatted in UTC with milliseconds', () => {
    expect(formatInstant(Date.UTC(2027, 2, 1, 12))).toBe('2027-03-01T12:00:00.000Z')
  })

  test.each([
    ['2027-03-01T00:00:00.000Z', 1, '2028-03-01T00:00:00.000Z'],
    ['2027-03-01T00:00:00.000Z', 2, '2029-03-01T00:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 1, '2029-02-28T12:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', 4, '2032-02-29T12:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', -1, '2027-02-28T12:00:00.000Z'],
    ['2027-02-28T23:59:59.999Z', 1, '2028-02-28T23:59:59.999Z'],
    ['2027-12-31T23:59:59.999Z', 1, '2028-12-31T23:59:59.999Z'],
  ])('%s plus %i calendar years is %s', (from, years, to) => {
    const ms = parseInstant(from)
    if (ms === undefined) throw new Error('rejected')
    expect(formatInstant(addCalendarYears(ms, years))).toBe(to)
  })
})

describe('rejects', () => {
  test.each([
    '2027-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2027-00-10T00:00:00Z',
    '2027-13-10T00:00:00Z',
    '2027-01-00T00:00:00Z',
    '2027-01-01T24:00:00Z',
    '2027-01-01T00:60:00Z',
    '2016-12-31T23:59:60Z',
    '2027-01-01T00:00:00',
    '2027-01-01 00:00',
    '2027-01-01 00:00:00Z',
    '2027-01-01',
    '10000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00.000Z',
    '-000001-01-01T00:00:00Z',
    '2027-01-01T00:00:00.Z',
    '2027-01-01T00:00:00.1234567890Z',
    '2027-01-01T00:00:00,5Z',
    '2027-01-01T00:00:00+24:00',
    '2027-01-01T00:00:00+00:60',
    '2027-01-01T00:00:00+0100',
    ' 2027-01-01T00:00:00Z',
    '2027-01-01T00:00:00Z\n',
    '9999-12-31T23:59:59-00:01',
    '0000-01-01T00:00:00+00:01',
    '1803859200',
    '',
  ])('%j', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })

  test.each([Number.NaN, 0.5, 253_402_300_800_000, -62_167_219_200_001])('to format %d', (ms) => {
    expect(() => formatInstant(ms)).toThrow(RangeError)
  })

  test('adding years beyond the range of dates', () => {
    expect(() => addCalendarYears(0, 300_000)).toThrow(RangeError)
  })
})
