import { describe, expect, it } from 'vitest'
import type { Draft } from './draft.ts'
import { readPrefill, writePrefill } from './prefill.ts'

const api = {
  id: 'api_1',
  slug: 'fleet',
  identifier: 'https://fleet.example.com',
  scopes: ['CONTACT_READ', 'CONTACT_WRITE', 'EVENT_READ'],
  grantable: ['CONTACT_READ', 'CONTACT_WRITE'],
}
const terms = {
  apis: [api],
  defaultApi: api,
  policy: { defaultLifetimeDays: 90, maxLifetimeDays: 180 },
  nowMs: Date.parse('2026-11-21T12:00:00Z'),
  timeZone: 'Europe/Berlin',
}

describe('a prefill link', () => {
  it('fills in name, notes, purpose, expiry, API and permissions', () => {
    const link = {
      name: 'Zeus',
      notes: 'Ask Ada',
      for: 'agent',
      expires: '30d',
      permissions: 'CONTACT_READ,CONTACT_WRITE',
      api: 'fleet',
    }
    expect(readPrefill(link, terms)).toEqual({
      values: {
        name: 'Zeus',
        notes: 'Ask Ada',
        purpose: 'agent',
        expiry: '30d',
        apiId: 'api_1',
        permissions: new Set(['CONTACT_READ', 'CONTACT_WRITE']),
      },
      unknown: [],
      notGrantable: [],
    })
  })

  it('lists ignored values instead of dropping them silently', () => {
    const link = {
      permissions: 'CONTACT_READ EVENT_READ NOT_THERE',
      for: 'fun',
      expires: 'never',
    }
    const filled = readPrefill(link, terms)
    expect(filled?.values.permissions).toEqual(new Set(['CONTACT_READ']))
    expect(filled?.unknown).toEqual(['NOT_THERE', 'fun', 'never'])
    expect(filled?.notGrantable).toEqual(['EVENT_READ'])
    expect(readPrefill({ api: 'nowhere', permissions: 'CONTACT_READ' }, terms)).toMatchObject({
      values: { permissions: new Set() },
      unknown: ['CONTACT_READ', 'nowhere'],
    })
  })

  it('turns another expiry into a custom date, limited by the policy', () => {
    const expiryOf = (expires: string) => readPrefill({ expires }, terms)?.values
    expect(expiryOf('45d')).toEqual({
      apiId: 'api_1',
      expiry: 'custom',
      date: '2027-01-05',
      time: '23:59',
    })
    expect(expiryOf('1y')).toEqual({ apiId: 'api_1', expiry: '180d' })
    expect(expiryOf('2027-02-19T22:59:00Z')).toMatchObject({ date: '2027-02-19', time: '23:59' })
    expect(readPrefill({ expires: '2020-01-01' }, terms)?.unknown).toEqual(['2020-01-01'])
  })

  it('without prefill parameters fills in nothing', () => {
    expect(readPrefill({}, terms)).toBeUndefined()
    expect(readPrefill({ name: '' }, terms)).toBeUndefined()
  })

  it('written from a form fills in the same values', () => {
    const draft: Draft = {
      purpose: 'partner',
      name: 'Zeus & söhne',
      notes: 'a=b',
      expiry: 'custom',
      date: '2027-02-19',
      time: '23:59',
      apiId: 'api_1',
      permissions: new Set(['CONTACT_WRITE', 'CONTACT_READ']),
      kind: 'scoped',
      environment: 'test',
    }
    const ms = Date.parse('2027-02-19T22:59:00Z')
    const link = writePrefill(draft, { api, ms })
    const { pathname, searchParams } = new URL(link, 'https://keys.example.com')
    expect(pathname).toBe('/credentials/new')
    expect(searchParams.get('environment')).toBe('test')
    const { kind: _kind, environment: _environment, ...filled } = draft
    expect(readPrefill(Object.fromEntries(searchParams), terms)).toEqual({
      values: filled,
      unknown: [],
      notGrantable: [],
    })
  })
})
