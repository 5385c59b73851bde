import { describe, expect, test } from 'vitest'
import { buildMetadata, metadataPath } from './metadata.ts'

describe('the path', () => {
  test.each([
    ['https://h', '/.well-known/oauth-authorization-server'],
    ['https://h/', '/.well-known/oauth-authorization-server'],
    ['https://h:8443', '/.well-known/oauth-authorization-server'],
    ['https://h/t1', '/.well-known/oauth-authorization-server/t1'],
    ['https://h/t1/', '/.well-known/oauth-authorization-server/t1'],
    ['https://h/a/b', '/.well-known/oauth-authorization-server/a/b'],
  ])('of %s is %s', (issuer, path) => {
    expect(metadataPath(issuer)).toBe(path)
  })

  test('of an invalid URL throws', () => {
    expect(() => metadataPath('keyporter')).toThrow(TypeError)
  })
})

describe('the document', () => {
  test('contains the issuer, and every endpoint below it', () => {
    const metadata = buildMetadata({ issuer: 'https://h/t1' })
    expect(metadata).toEqual({
      issuer: 'https://h/t1',
      token_endpoint: 'https://h/t1/oauth/token',
      introspection_endpoint: 'https://h/t1/oauth/introspect',
      revocation_endpoint: 'https://h/t1/oauth/revoke',
      jwks_uri: 'https://h/t1/.well-known/jwks.json',
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
  })

  test('keeps the trailing slash of an issuer', () => {
    const metadata = buildMetadata({ issuer: 'https://h/' })
    expect(metadata.issuer).toBe('https://h/')
    expect(metadata.token_endpoint).toBe('https://h/oauth/token')
  })

  test('contains scopes and documentation if set', () => {
    const metadata = buildMetadata({
      issuer: 'https://h',
      scopesSupported: ['A_READ'],
      serviceDocumentation: 'https://h/docs',
    })
    expect(metadata.scopes_supported).toEqual(['A_READ'])
    expect(metadata.service_documentation).toBe('https://h/docs')
  })
})
