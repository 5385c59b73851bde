import { describe, expect, it } from 'vitest'
import { cachedCredential } from '../../../../../test/support/cached-credential.ts'
import { contactsApi } from '../../../../../test/support/credentials.ts'
import type { CachedCredential } from './credential-cache.ts'
import { type Demand, decideUse } from './decide-use.ts'

const NOW = 5_000
const credential = cachedCredential()
const secret = { id: 'sec_1', digest: '', expiresAt: null, revokedAt: null }
const presented = { credential, secret, granted: credential.granted }

const decide = (demand?: Demand, changes: object = {}) =>
  decideUse({ ...presented, ...changes }, NOW, demand)
const withState = (changes: Partial<CachedCredential>) =>
  decide(undefined, { credential: cachedCredential(changes) })

describe('does', () => {
  it('allows an active credential without an allocation', () => {
    expect(decide()).toEqual({ kind: 'allowed', needed: [] })
    expect(decide()).toBe(decide())
  })

  it.each<[Demand, readonly string[]]>([
    [{}, []],
    [{ apiId: 'api_1' }, []],
    [{ resources: [contactsApi.identifier] }, []],
    [{ permissions: ['CONTACT_READ'] }, ['CONTACT_READ']],
    [{ method: 'get', path: '/v1/contacts/7?x=1' }, ['CONTACT_READ']],
    [{ method: 'GET', path: '/v1/contacts', permissions: ['CONTACT_READ'] }, ['CONTACT_READ']],
  ])('allows %j and returns the permissions that it needs', (demand, needed) => {
    expect(decide(demand)).toEqual({ kind: 'allowed', needed })
  })

  it('a secret is valid until the instant of its expiry', () => {
    expect(decide({}, { secret: { ...secret, expiresAt: NOW + 1 } }).kind).toBe('allowed')
  })

  it('an access token has no secret', () => {
    expect(decide({}, { secret: undefined }).kind).toBe('allowed')
  })
})

describe('rejects', () => {
  it.each([
    ['revoked', withState({ revokedAt: 1, suspendedAt: 1, expiresAt: 1 })],
    ['suspended', withState({ suspendedAt: 1, expiresAt: 1 })],
    ['expired', withState({ expiresAt: NOW })],
    ['revoked', decide({}, { secret: { ...secret, revokedAt: NOW, expiresAt: 1 } })],
    ['expired', decide({}, { secret: { ...secret, expiresAt: NOW } })],
    ['wrong_api', decide({ builtIn: true })],
    ['wrong_api', decide({ apiId: 'api_2' })],
    ['wrong_api', decide({ resources: [contactsApi.identifier, 'https://other.example'] })],
    ['unmapped_operation', decide({ method: 'GET', path: '/v1/nothing' })],
  ])('with the code %s', (code, decision) => {
    expect(decision).toEqual({ kind: 'rejected', code })
  })

  it('missing permissions, and names them', () => {
    const permissions = ['CONTACT_READ', 'CONTACT_WRITE', 'EVENT_READ']
    expect(decide({ permissions })).toEqual({
      kind: 'rejected',
      code: 'insufficient_permissions',
      missing: ['CONTACT_WRITE', 'EVENT_READ'],
    })
  })

  it('a permission that is outside the scope of the access token', () => {
    expect(decide({ permissions: ['CONTACT_READ'] }, { granted: [] })).toMatchObject({
      code: 'insufficient_permissions',
      missing: ['CONTACT_READ'],
    })
  })

  it('every demand of a credential whose organization lost its access to the API', () => {
    const withdrawn = cachedCredential({ granted: [] })
    const changes = { credential: withdrawn, granted: withdrawn.granted }
    for (const demand of [
      { permissions: ['CONTACT_READ'] },
      { method: 'GET', path: '/v1/contacts' },
    ])
      expect(decide(demand, changes)).toMatchObject({ code: 'insufficient_permissions' })
  })

  it('an operation that needs no permission, because that is an omission', () => {
    const operations = cachedCredential({ api: { ...credential.api, match: () => [] } })
    expect(
      decide({ method: 'GET', path: '/v1/contacts' }, { credential: operations }),
    ).toMatchObject({ code: 'unmapped_operation' })
  })
})
