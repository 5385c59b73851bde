import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { claimsPrefix, finishClaims } from './claims.ts'
import { readClaims } from './read-claims.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => each.isWellFormed())
const seconds = fc.nat()
const reference = { status_list: { idx: 3, uri: 'https://keyporter.example/status-lists/1' } }

const fixedClaims = fc.record({
  iss: text,
  sub: text,
  aud: text,
  client_id: text,
  org: text,
  cred: text,
  env: fc.constantFrom('production' as const, 'test' as const),
})
const variableClaims = fc.record({ iat: seconds, exp: seconds, jti: text })
const scopes = fc.option(fc.oneof(text, fc.constant('')), { nil: undefined })
const statuses = fc.constantFrom({}, { status: reference })

describe('claims', () => {
  test('from the prefix equal the JSON of all claims, without an empty scope', () => {
    fc.assert(
      fc.property(fixedClaims, statuses, variableClaims, scopes, (fixed, status, times, scope) => {
        const claims = {
          ...fixed,
          ...status,
          ...times,
          ...(scope === undefined || scope === '' ? {} : { scope }),
        }
        const json = finishClaims(claimsPrefix({ ...fixed, ...status }), { ...times, scope })
        expect(json).toBe(JSON.stringify(claims))
        expect(readClaims(Buffer.from(json))).toEqual({ ok: true, claims })
      }),
    )
  })

  test('contain no additional members of the input', () => {
    const fixed = { iss: 'i', sub: 'c', aud: 'a', client_id: 'c', org: 'o', cred: 'd' }
    const more = { ...fixed, env: 'test' as const, secret: 'canary' }
    expect(claimsPrefix(more)).not.toContain('canary')
  })
})
