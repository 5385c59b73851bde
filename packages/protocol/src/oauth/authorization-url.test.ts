import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type AuthorizationRequest, authorizationUrl, pkceChallenge } from './authorization-url.ts'

const request: AuthorizationRequest = {
  authorizationUrl: 'https://id.example/authorize',
  clientId: 'us',
  redirectUri: 'https://keyporter.example/connect/callback',
  scopes: ['read', 'write:all'],
  state: 'st',
  challenge: 'ch',
}

const parametersOf = (changes: Partial<AuthorizationRequest>) =>
  Object.fromEntries(new URL(authorizationUrl({ ...request, ...changes })).searchParams)

const own = {
  response_type: 'code',
  client_id: 'us',
  redirect_uri: 'https://keyporter.example/connect/callback',
  scope: 'read write:all',
  state: 'st',
  code_challenge: 'ch',
  code_challenge_method: 'S256',
}

describe('the authorization URL', () => {
  test('requests a code, with state and challenge', () => {
    expect(authorizationUrl(request).split('?', 1)).toEqual(['https://id.example/authorize'])
    expect(parametersOf({})).toEqual(own)
  })

  test('has no scope without scopes', () => {
    const { scope: _, ...rest } = own
    expect(parametersOf({ scopes: [] })).toEqual(rest)
  })

  test('keeps the query of the endpoint, and drops its fragment', () => {
    const url = 'https://id.example/authorize?tenant=7#top'
    expect(authorizationUrl({ ...request, authorizationUrl: url })).not.toContain('#')
    expect(parametersOf({ authorizationUrl: url })).toEqual({ tenant: '7', ...own })
  })

  test('contains extra parameters', () => {
    const extraParameters = { access_type: 'offline', prompt: 'consent' }
    expect(parametersOf({ extraParameters })).toEqual({ ...extraParameters, ...own })
  })

  test.each(Object.keys(own))('never replaces the standard parameter %s', (name) => {
    const url = `https://id.example/authorize?${name}=evil&${name}=worse`
    expect(parametersOf({ authorizationUrl: url, extraParameters: { [name]: 'evil' } })).toEqual(
      own,
    )
    const made = new URL(authorizationUrl({ ...request, authorizationUrl: url }))
    expect(made.searchParams.getAll(name)).toHaveLength(1)
  })

  test('has no scope from extra parameters', () => {
    expect(parametersOf({ scopes: [], extraParameters: { scope: 'all' } })).not.toHaveProperty(
      'scope',
    )
  })
})

test('the challenge matches RFC 7636, Appendix B', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest()
  expect(pkceChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', sha256)).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  )
})
