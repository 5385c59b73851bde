import { describe, expect, it } from 'vitest'
import { awsEndpoint, endpointsDiffer, urlFault } from './endpoint.ts'

describe('a base URL', () => {
  it.each([
    ['https://api.example.com/v2', undefined],
    [' https://api.example.com ', undefined],
    ['http://127.0.0.1:8080', undefined],
    ['api.example.com', 'invalid'],
    ['https://', 'invalid'],
    ['ftp://api.example.com', 'scheme'],
    ['javascript:alert(1)', 'invalid'],
    ['https://ada:pw@api.example.com', 'userinfo'],
    ['https://api.example.com/#top', 'fragment'],
    ['https://api.example.com/?key=1', 'query'],
    ['https://{your-shop}.example.com', 'placeholder'],
  ])('%s: %s', (typed, fault) => {
    expect(urlFault(typed, true)).toBe(fault)
  })

  it('must not have a query, unlike a token URL', () => {
    expect(urlFault('https://login.example.com/token?tenant=1')).toBeUndefined()
  })
})

describe('secrets', () => {
  const base = {
    baseUrl: 'https://api.example.com/v1',
    auth: { kind: 'oauth2_client_credentials', tokenUrl: 'https://login.example.com/token' },
  }

  it.each([
    ['a slash at the end', { ...base, baseUrl: 'https://api.example.com/v1/' }],
    ['another case of the host', { ...base, baseUrl: 'https://API.example.com/v1' }],
    [
      'another path for tokens on the same host',
      { ...base, auth: { ...base.auth, tokenUrl: 'https://login.example.com/oauth' } },
    ],
  ])('are kept with %s', (_what, after) => {
    expect(endpointsDiffer(base, after)).toBe(false)
  })

  it.each([
    ['another host', { ...base, baseUrl: 'https://api.example.org/v1' }],
    ['another port', { ...base, baseUrl: 'https://api.example.com:8443/v1' }],
    ['another path', { ...base, baseUrl: 'https://api.example.com/v2' }],
    ['no TLS', { ...base, baseUrl: 'http://api.example.com/v1' }],
    [
      'another host of the token endpoint',
      { ...base, auth: { ...base.auth, tokenUrl: 'https://evil.example/token' } },
    ],
    ['another authentication type', { ...base, auth: { kind: 'bearer' } }],
  ])('must be entered again with %s', (_what, after) => {
    expect(endpointsDiffer(base, after)).toBe(true)
  })
})

describe('region and service', () => {
  it.each([
    ['https://s3.eu-central-1.amazonaws.com', { service: 's3', region: 'eu-central-1' }],
    ['https://bucket.s3.us-east-1.amazonaws.com/x', { service: 's3', region: 'us-east-1' }],
    ['https://s3.example.com', undefined],
    ['https://s3.eu-central-1.amazonaws.com.evil.example', undefined],
  ])('of %s', (address, place) => {
    expect(awsEndpoint(address)).toStrictEqual(place)
  })
})
