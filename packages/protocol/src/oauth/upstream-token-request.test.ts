import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import { parseAuthorization } from '../authorization-header.ts'
import {
  authorizationCodeRequest,
  clientCredentialsRequest,
  refreshTokenRequest,
  type UpstreamClient,
  type UpstreamTokenRequest,
} from './upstream-token-request.ts'

const basic: UpstreamClient = { clientId: 'us', clientSecret: 's3cret', clientAuth: 'basic' }
const body: UpstreamClient = { ...basic, clientAuth: 'body' }

describe('a request for a token', () => {
  test('is a form and accepts JSON', () => {
    expect(clientCredentialsRequest(basic, { scopes: [] }).headers.slice(0, 2)).toEqual([
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Accept', 'application/json'],
    ])
  })

  test('of the client credentials grant contains scope, audience and resource if set', () => {
    const full = { scopes: ['a', 'b'], audience: 'aud', resource: 'https://r.example/x?y=1' }
    expect(formOf(clientCredentialsRequest(basic, full))).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
      audience: 'aud',
      resource: 'https://r.example/x?y=1',
    })
    expect(formOf(clientCredentialsRequest(basic, { scopes: [] }))).toEqual({
      grant_type: 'client_credentials',
    })
  })

  test('contains extra parameters, which never replace standard ones, even absent ones', () => {
    const extraParameters = {
      account_id: '42',
      grant_type: 'password',
      client_id: 'them',
      client_secret: 'x',
      scope: 'all',
      audience: 'evil',
      resource: 'evil',
      refresh_token: 'x',
      code: 'x',
    }
    expect(formOf(clientCredentialsRequest(body, { scopes: [], extraParameters }))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'us',
      client_secret: 's3cret',
      account_id: '42',
    })
  })

  test('for a code contains the PKCE verifier', () => {
    const redirectUri = 'https://keyporter.example/connect/callback'
    expect(
      formOf(authorizationCodeRequest(basic, { code: 'c/1', verifier: 'v', redirectUri })),
    ).toEqual({
      grant_type: 'authorization_code',
      code: 'c/1',
      redirect_uri: redirectUri,
      code_verifier: 'v',
    })
  })

  test('for a refresh contains no scope', () => {
    expect(formOf(refreshTokenRequest(body, 'r+1'))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r+1',
      client_id: 'us',
      client_secret: 's3cret',
    })
  })
})

describe('client authentication', () => {
  // RFC 6749 §2.3.1 and Appendix B.
  test.each([
    ['us', 's3cret', 'us:s3cret'],
    ['a b', 'c:d', 'a+b:c%3Ad'],
    ['ä', '%+&£€', '%C3%A4:%25%2B%26%C2%A3%E2%82%AC'],
  ])('with Basic form-encodes %j and %j', (clientId, clientSecret, joined) => {
    const { headers } = refreshTokenRequest({ clientId, clientSecret, clientAuth: 'basic' }, 'r')
    const [, , authorization] = headers
    expect(authorization?.[1]).toBe(`Basic ${Buffer.from(joined).toString('base64')}`)
  })

  test('with Basic is decoded by a standard parser, and is not in the body', () => {
    const visible = anyText.filter((text) => !/\p{Cc}/u.test(text) && text !== '')
    fc.assert(
      fc.property(visible, visible, (clientId, clientSecret) => {
        const made = refreshTokenRequest({ clientId, clientSecret, clientAuth: 'basic' }, 'r')
        const [, , authorization] = made.headers
        expect(parseAuthorization(authorization?.[1] ?? '')).toEqual({
          kind: 'basic',
          username: clientId,
          password: clientSecret,
        })
        expect(Object.keys(formOf(made))).toEqual(['grant_type', 'refresh_token'])
      }),
    )
  })

  test('in the body sets no header', () => {
    expect(refreshTokenRequest(body, 'r').headers.map(([name]) => name)).toEqual([
      'Content-Type',
      'Accept',
    ])
  })

  test.each(['basic', 'body'] as const)(
    'of a public client is its client ID (%s)',
    (clientAuth) => {
      const made = refreshTokenRequest({ clientId: 'us', clientSecret: '', clientAuth }, 'r')
      expect(made.headers).toHaveLength(2)
      expect(formOf(made)).toEqual({
        grant_type: 'refresh_token',
        refresh_token: 'r',
        client_id: 'us',
      })
    },
  )
})

function formOf({ body: text }: UpstreamTokenRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}
