import { describe, expect, test } from 'vitest'
import { INVALID_CLIENT } from './fault.ts'
import { parseForm } from './form.ts'
import {
  findRepeatedParameter,
  parseClientAuthentication,
  parseClientCredentialsGrant,
} from './token-request.ts'

const basic = (userPass: string) => `Basic ${Buffer.from(userPass).toString('base64')}`
const header = basic('kpc_live_a:kp_live_b')
const ASSERTION = 'client_assertion_type=urn%3Aietf&client_assertion=e.e.e'
const TWO_METHODS = ['invalid_request', 400]
const NO_CLIENT = ['invalid_client', 401]

describe('does', () => {
  test('Basic authenticates the client', () => {
    expect(authenticate(header, 'grant_type=client_credentials')).toEqual({
      kind: 'client',
      clientId: 'kpc_live_a',
      clientSecret: 'kp_live_b',
      method: 'client_secret_basic',
    })
  })

  test('the body authenticates the client', () => {
    expect(authenticate(undefined, 'client_id=kpc_live_a&client_secret=kp_live_b')).toEqual({
      kind: 'client',
      clientId: 'kpc_live_a',
      clientSecret: 'kp_live_b',
      method: 'client_secret_post',
    })
  })

  test('Basic with the same client ID in the body is one method', () => {
    expect(authenticate(header, 'client_id=kpc_live_a').kind).toBe('client')
  })

  test('a parameter without a value is not a second method', () => {
    expect(authenticate(header, 'client_secret=&client_assertion=&client_id=').kind).toBe('client')
  })

  test.each(['kpc%5Flive%5Fa:kp%5flive%5Fb', 'kpc_live_a:kp_live_b'])('reads %s', (userPass) => {
    expect(authenticate(basic(userPass), '')).toEqual(authenticate(header, ''))
  })

  test.each([
    ['no scope requests every permission', '', undefined],
    ['an empty scope requests every permission', '&scope=', undefined],
    ['duplicate names are removed', '&scope=B+A+B', ['B', 'A']],
    ['unknown parameters are ignored', '&scope=A&audience=x&foo[bar]=1', ['A']],
  ])('%s', (_, more, scope) => {
    expect(grantOf(`grant_type=client_credentials${more}`)).toEqual({
      kind: 'grant',
      scope,
      resources: [],
    })
  })

  test('resources are unique absolute URIs, in order', () => {
    const resources = 'resource=https%3A%2F%2Fb.example%2Fv1&resource=urn%3Aexample%3Aapi'
    const again = '&resource=https%3A%2F%2Fb.example%2Fv1'
    expect(grantOf(`grant_type=client_credentials&${resources}${again}`)).toMatchObject({
      resources: ['https://b.example/v1', 'urn:example:api'],
    })
  })

  test('accepts 1,000 scope names', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `N${index}`)
    expect(grantOf(`grant_type=client_credentials&scope=${names.join('+')}`)).toMatchObject({
      scope: names,
    })
  })
})

describe('rejects the client', () => {
  test.each([
    ['no authentication', undefined, ''],
    ['a client ID only', undefined, 'client_id=kpc_live_a'],
    ['a secret only', undefined, 'client_secret=kp_live_b'],
    ['an empty secret', undefined, 'client_id=kpc_live_a&client_secret='],
    ['an empty secret in Basic', basic('kpc_live_a:'), ''],
    ['an empty client ID in Basic', basic(':kp_live_b'), ''],
    ['Basic with invalid base64', 'Basic ####', ''],
    ['Basic without a colon', basic('kpc_live_a'), ''],
    ['Basic without credentials', 'Basic', ''],
    ['Basic with invalid UTF-8', 'Basic /zr/', ''],
    ['Basic with trailing text', `${header} x`, ''],
    ['malformed Basic beside a secret in the body', 'Basic ####', 'client_id=a&client_secret=b'],
    ['a broken escape', basic('a%zz:b'), ''],
    ['Bearer', 'Bearer kp_live_b', ''],
    ['Digest', 'Digest username="a"', ''],
    ['an empty header', '', ''],
    ['a secret of one megabyte', undefined, `client_id=a&client_secret=${'b'.repeat(1e6)}`],
    ['a client ID of one kilobyte', undefined, `client_secret=a&client_id=${'b'.repeat(1e3)}`],
    ['an assertion, which is not supported', undefined, ASSERTION],
    ['an assertion with a client ID', undefined, `${ASSERTION}&client_id=kpc_live_a`],
  ])('%s', (_, authorization, body) => {
    expect(faultOf(authenticate(authorization, body))).toEqual(NO_CLIENT)
  })

  test('with the same response for every reason', () => {
    const faults = [authenticate(undefined, ''), authenticate('Basic ####', '')]
    for (const fault of faults) expect(fault).toEqual({ kind: 'fault', fault: INVALID_CLIENT })
  })

  test.each([
    ['Basic and a secret in the body', header, 'client_id=kpc_live_a&client_secret=kp_live_b'],
    ['Basic and an assertion', header, ASSERTION],
    ['Basic and the type of an assertion', header, 'client_assertion_type=urn%3Aietf'],
    [
      'a secret in the body and an assertion',
      undefined,
      `client_id=a&client_secret=b&${ASSERTION}`,
    ],
    ['another client ID in the body', header, 'client_id=kpc_live_c'],
    ['the client ID in another case', header, 'client_id=KPC_LIVE_A'],
  ])('%s', (_, authorization, body) => {
    expect(faultOf(authenticate(authorization, body))).toEqual(TWO_METHODS)
  })
})

describe('rejects the request', () => {
  test.each([
    'grant_type=client_credentials&grant_type=client_credentials',
    'scope=A&scope=A',
    'client_id=a&client_id=b',
    'client_secret=a&client_secret=a',
    'client_assertion=a&client_assertion=a',
    'foo=1&foo=2',
    'scope=&scope=A',
    '__proto__=1&__proto__=2',
  ])('%s', (body) => {
    expect(findRepeatedParameter(formOf(body))).toMatchObject({
      error: 'invalid_request',
      status: 400,
    })
    expect(faultOf(grantOf(`${body}&scope=A`))).toEqual(['invalid_request', 400])
  })

  test('only resource can be repeated', () => {
    expect(findRepeatedParameter(formOf('resource=a&resource=b&scope=A'))).toBeUndefined()
  })

  test.each([
    ['no grant type', '', 'invalid_request'],
    ['an empty grant type', 'grant_type=', 'invalid_request'],
    ['password', 'grant_type=password', 'unsupported_grant_type'],
    ['implicit', 'grant_type=implicit', 'unsupported_grant_type'],
    ['another case', 'grant_type=Client_Credentials', 'unsupported_grant_type'],
    ['a space at the end', 'grant_type=client_credentials+', 'unsupported_grant_type'],
  ])('%s', (_, body, error) => {
    expect(faultOf(grantOf(body))).toEqual([error, 400])
  })

  test.each([
    ['two spaces', 'A++B'],
    ['a space at the end', 'A+'],
    ['only a space', '+'],
    ['a quotation mark', 'A%22'],
    ['a non-ASCII letter', '%C3%84'],
    ['a tab', 'A%09B'],
    ['4,000 names', Array.from({ length: 4_000 }, (_, index) => `N${index}`).join('+')],
  ])('a scope with %s', (_, scope) => {
    expect(faultOf(grantOf(`grant_type=client_credentials&scope=${scope}`))).toEqual([
      'invalid_scope',
      400,
    ])
  })

  test.each([
    ['that is relative', '/v1'],
    ['without a scheme', 'api.example/v1'],
    ['with a fragment', 'https://api.example/v1#a'],
    ['with an empty fragment', 'https://api.example/v1#'],
    ['with a space', 'https://api.example/a b'],
    ['without a host', 'https://'],
    ['with a backslash', 'https:\\\\api.example'],
    ['with non-ASCII characters', 'https://äpi.example'],
    ['with a broken escape', 'https://api.example/%zz'],
    ['with a line break', 'https://api.example/\n'],
    ['of 3,000 characters', `https://api.example/${'a'.repeat(3_000)}`],
  ])('a resource %s', (_, resource) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', resource })
    expect(faultOf(grantOf(body.toString()))).toEqual(['invalid_target', 400])
  })

  test('more than 16 resources', () => {
    const resources = Array.from({ length: 17 }, (_, index) => `resource=urn%3Aa%3A${index}`)
    expect(faultOf(grantOf(`grant_type=client_credentials&${resources.join('&')}`))).toEqual([
      'invalid_target',
      400,
    ])
  })

  test('with a valid error_description that repeats nothing of the request', () => {
    const canary = 'canary'
    const responses = [
      grantOf(`grant_type=${canary}`),
      grantOf(`grant_type=client_credentials&scope=${canary}%22`),
      grantOf(`grant_type=client_credentials&resource=${canary}`),
      grantOf(`${canary}=1&${canary}=2`),
      authenticate(basic(`${canary}:x`), 'client_id=b'),
      authenticate(`Basic ${canary}`, ''),
    ]
    for (const response of responses) {
      if (response.kind !== 'fault') throw new Error('not rejected')
      expect(response.fault.description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
      expect(response.fault.description).not.toContain(canary)
    }
  })
})

function authenticate(authorization: string | undefined, body: string) {
  return parseClientAuthentication({ authorization, form: formOf(body) })
}

function grantOf(body: string) {
  return parseClientCredentialsGrant(formOf(body))
}

function faultOf(response: ReturnType<typeof authenticate> | ReturnType<typeof grantOf>) {
  return response.kind === 'fault' ? [response.fault.error, response.fault.status] : response
}

function formOf(body: string) {
  const result = parseForm(body)
  if (!result.ok) throw new Error(result.fault)
  return result.form
}
