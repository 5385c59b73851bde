import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import { parseAuthorization } from '../http-auth.ts'
import { parseForm } from './form.ts'
import {
  clientCredentialsRequest,
  codeRequest,
  encodeFormComponent,
  refreshRequest,
  type UpstreamClient,
  type UpstreamTokenRequest,
} from './upstream-request.ts'

const basic: UpstreamClient = { clientId: 'us', clientSecret: 's3cret', clientAuth: 'basic' }
const body: UpstreamClient = { ...basic, clientAuth: 'body' }

describe('a request for a token', () => {
  test('is a form that asks for JSON', () => {
    expect(clientCredentialsRequest(basic, { scopes: [] }).headers.slice(0, 2)).toEqual([
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Accept', 'application/json'],
    ])
  })

  test('of our own names scope, audience and resource where there are some', () => {
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

  test('takes extra parameters, but none in the place of ours, not even of one that is absent', () => {
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

  test('for a code proves that we began it', () => {
    const redirectUri = 'https://keyporter.example/connect/callback'
    expect(formOf(codeRequest(basic, { code: 'c/1', verifier: 'v', redirectUri }))).toEqual({
      grant_type: 'authorization_code',
      code: 'c/1',
      redirect_uri: redirectUri,
      code_verifier: 'v',
    })
  })

  test('for the next token names no scope', () => {
    expect(formOf(refreshRequest(body, 'r+1'))).toEqual({
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
  ])('by Basic form-encodes %j and %j first', (clientId, clientSecret, joined) => {
    const { headers } = refreshRequest({ clientId, clientSecret, clientAuth: 'basic' }, 'r')
    const [, , authorization] = headers
    expect(authorization?.[1]).toBe(`Basic ${Buffer.from(joined).toString('base64')}`)
  })

  test('by Basic is read back by whoever keeps to the standard, and stands nowhere else', () => {
    const visible = anyText.filter((text) => !/\p{Cc}/u.test(text) && text !== '')
    fc.assert(
      fc.property(visible, visible, (clientId, clientSecret) => {
        const made = refreshRequest({ clientId, clientSecret, clientAuth: 'basic' }, 'r')
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

  test('in the body leaves no header', () => {
    expect(refreshRequest(body, 'r').headers.map(([name]) => name)).toEqual([
      'Content-Type',
      'Accept',
    ])
  })

  test.each(['basic', 'body'] as const)('of a public client is its name (%s)', (clientAuth) => {
    const made = refreshRequest({ clientId: 'us', clientSecret: '', clientAuth }, 'r')
    expect(made.headers).toHaveLength(2)
    expect(formOf(made)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r',
      client_id: 'us',
    })
  })
})

test('a form component is what a form reader reads', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parseForm(`x=${encodeFormComponent(text)}`)
      expect(parsed.ok && parsed.form.get('x')).toBe(text)
    }),
  )
})

function formOf({ body: text }: UpstreamTokenRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}
