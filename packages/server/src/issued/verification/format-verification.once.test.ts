import { expect, it } from 'vitest'
import { cachedCredential } from '../../../../../test/support/cached-credential.ts'
import { formatAny, formatVerification } from './format-verification.ts'

const credential = cachedCredential({ granted: ['CONTACT_READ', 'EVENT_READ'] })
const valid = {
  code: 'valid',
  credential,
  secretId: undefined,
  granted: credential.granted,
  needed: [],
  expiresAtMs: credential.expiresAt,
} as const

it.each([
  ['a credential', valid],
  ['a token with its own scope and expiry', { ...valid, granted: ['EVENT_READ'], expiresAtMs: 7 }],
  ['a token without permissions', { ...valid, granted: [] }],
])('the template for %s equals JSON.stringify', (_name, verification) => {
  expect(formatVerification(verification)).toBe(formatAny(verification))
})

it('a rejection omits unknown members', () => {
  expect(formatVerification({ code: 'not_found' })).toBe('{"valid":false,"code":"not_found"}')
  expect(JSON.parse(formatVerification({ code: 'revoked', credential }))).toEqual({
    valid: false,
    code: 'revoked',
    credentialId: 'cred_1',
    clientId: 'client_1',
    organizationId: 'org_1',
    environment: 'production',
  })
})
