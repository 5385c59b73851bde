import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessTokenClaims, claimsPrefix, finishClaims } from './claims.ts'
import { readClaims } from './read-claims.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => each.isWellFormed())
const seconds = fc.nat()
const status = { status_list: { idx: 3, uri: 'https://keyporter.example/status-lists/1' } }

const input = fc.record({
  issuer: text,
  audience: text,
  clientId: text,
  organizationId: text,
  credentialId: text,
  environment: fc.constantFrom('production' as const, 'test' as const),
  issuedAtSeconds: seconds,
  expiresAtSeconds: seconds,
  tokenId: text,
  scope: fc.option(fc.oneof(text, fc.constant('')), { nil: undefined }),
  status: fc.option(fc.constant(status), { nil: undefined }),
})

describe('claims', () => {
  test('from the prefix equal the claims of accessTokenClaims', () => {
    fc.assert(
      fc.property(input, (each) => {
        const claims = accessTokenClaims(each)
        const { iat, exp, jti, scope, ...fixed } = claims
        const json = finishClaims(claimsPrefix(fixed), { iat, exp, jti, scope })
        expect(JSON.parse(json)).toEqual(claims)
        expect(json).toBe(JSON.stringify(claims))
        expect(readClaims(Buffer.from(json))).toEqual({ ok: true, claims })
      }),
    )
  })

  test('have the client as subject, and no empty scope', () => {
    const claims = accessTokenClaims({
      issuer: 'i',
      audience: 'a',
      clientId: 'c',
      organizationId: 'o',
      credentialId: 'd',
      environment: 'test',
      issuedAtSeconds: 1,
      expiresAtSeconds: 2,
      tokenId: 't',
      scope: '',
    })
    expect(claims).toEqual({
      iss: 'i',
      sub: 'c',
      aud: 'a',
      client_id: 'c',
      org: 'o',
      cred: 'd',
      env: 'test',
      iat: 1,
      exp: 2,
      jti: 't',
    })
  })

  test('contain no additional members of the input', () => {
    const fixed = { iss: 'i', sub: 'c', aud: 'a', client_id: 'c', org: 'o', cred: 'd' }
    const more = { ...fixed, env: 'test' as const, secret: 'canary' }
    expect(claimsPrefix(more)).not.toContain('canary')
  })
})
