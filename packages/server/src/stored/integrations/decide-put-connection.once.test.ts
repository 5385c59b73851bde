import { AUTH_KINDS, authFieldsOf, isConditionMet, readAuth } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import { decidePut } from './decide-put-connection.ts'
import { type StoredIntegration } from './rows.ts'
import { secretDestinationsOf } from './secret-destinations.ts'

const by = { type: 'system', id: null, name: 'Keyporter' } as const
const made: StoredIntegration = {
  id: 'intg_1',
  organizationId: 'org_1',
  name: 'Weather',
  notes: '',
  baseUrl: 'https://api.example.com/v2',
  environment: 'production',
  organizationSpecific: false,
  sharedFallback: false,
  contentType: 'json',
  headers: [],
  encryptedHeaders: null,
  headersVersion: 1,
  auth: { kind: 'none' },
  createdAt: 0,
  createdBy: by,
  updatedAt: 0,
  updatedBy: by,
  version: 1,
  lastUsedAt: null,
}

type Auth = Parameters<typeof decidePut>[0]['auth']
type Terms = Partial<Parameters<typeof decidePut>[1]>

function put(
  auth: Auth,
  terms: Terms = {},
  headers: { name: string; value: string | null }[] = [],
) {
  const integration = terms.integration ?? { ...made, auth: { kind: auth.kind } }
  const all = { stored: undefined, checkUrl: () => undefined, ...terms, integration }
  return decidePut({ auth, headers }, all)
}

/** Returns the code of the rejection, and its pointers. */
function refusal(...asked: Parameters<typeof put>): readonly string[] {
  try {
    put(...asked)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [error.code, ...(error.options.fields ?? []).map(({ pointer }) => pointer)]
  }
  return []
}

/** Valid credentials of every authentication type. */
const whole: Readonly<Record<(typeof AUTH_KINDS)[number], Auth>> = {
  none: { kind: 'none' },
  api_key: { kind: 'api_key', name: 'X-Key', in: 'header', value: 'v' },
  headers: { kind: 'headers', entries: [{ name: 'X-Key', value: 'v' }] },
  basic: { kind: 'basic', username: 'u', password: '' },
  bearer: { kind: 'bearer', token: 't' },
  aws_sigv4: {
    kind: 'aws_sigv4',
    accessKeyId: 'AKIA',
    secretAccessKey: 's',
    region: 'eu-central-1',
    service: 's3',
  },
  hmac_sha256: { kind: 'hmac_sha256', clientId: 'c', clientSecret: 's', scheme: 'simple' },
  http_signature_ed25519: {
    kind: 'http_signature_ed25519',
    keyId: 'k',
    privateKey: '{"kty":"OKP","crv":"Ed25519","d":"n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"}',
  },
  oauth1: { kind: 'oauth1', consumerKey: 'c', consumerSecret: 's' },
  oauth2_client_credentials: {
    kind: 'oauth2_client_credentials',
    tokenUrl: 'https://id.example.com/token',
    clientId: 'c',
    clientSecret: 's',
  },
  oauth2_authorization_code: {
    kind: 'oauth2_authorization_code',
    authorizationUrl: 'https://id.example.com/authorize',
    tokenUrl: 'https://id.example.com/token',
    clientId: 'c',
    clientSecret: 's',
  },
  login_call: {
    kind: 'login_call',
    loginUrl: 'https://api.example.com/login',
    bodyTemplate: '{"p":"{{password}}"}',
    username: 'u',
    password: 'p',
    tokenPointer: '/token',
  },
}

describe('credentials of every authentication type', () => {
  it.each(AUTH_KINDS)('%s is accepted with its required fields', (kind) => {
    const { auth, plaintext } = put(whole[kind])
    expect(readAuth(kind, { ...auth, ...Object.fromEntries(plaintext.fields) })).toMatchObject({
      kind,
    })
    for (const secret of plaintext.fields.keys()) {
      if (secret !== 'entries') expect(auth).not.toHaveProperty(secret)
    }
  })

  it.each(AUTH_KINDS)(
    '%s is rejected without any one of its required fields, with a pointer to the field',
    (kind) => {
      const given: Readonly<Record<string, unknown>> = whole[kind]
      for (const [name, { isRequired, onlyWith }] of Object.entries(authFieldsOf(kind))) {
        if (isRequired !== true || !isConditionMet(onlyWith, given)) continue
        const { [name]: _absent, ...rest } = given
        expect(refusal(rest as Auth)).toEqual(['invalid_request', `/auth/${name}`])
      }
    },
  )

  it('a login template must be JSON, except for a form', () => {
    const login = { ...whole.login_call, bodyTemplate: '{"p":{{password}}}' } as Auth
    expect(refusal(login)).toEqual(['invalid_request', '/auth/bodyTemplate'])
    const form = { ...login, bodyTemplate: 'p={{password}}', contentType: 'form' } as Auth
    expect(put(form).auth).toMatchObject({ contentType: 'form' })
  })

  it('settings of the connection override those of the integration', () => {
    const auth = { kind: 'bearer', prefix: 'Token', header: 'X-Token' } as const
    const integration = { ...made, auth }
    const { auth: own, plaintext } = put(
      { kind: 'bearer', token: 't', prefix: 'Key' },
      { integration },
    )
    expect(own).toEqual({ kind: 'bearer', prefix: 'Key' })
    const values = { ...auth, ...own, ...Object.fromEntries(plaintext.fields) }
    expect(readAuth('bearer', values)).toEqual({
      kind: 'bearer',
      token: 't',
      prefix: 'Key',
      header: 'X-Token',
    })
  })

  it('fields of other authentication types are ignored', () => {
    const { auth, plaintext } = put({ kind: 'bearer', token: 't', password: 'p', username: 'u' })
    expect(auth).toEqual({ kind: 'bearer' })
    expect([...plaintext.fields]).toEqual([['token', 't']])
  })
})

describe('credentials are rejected', () => {
  it('with another authentication type than the integration’s', () => {
    expect(refusal(whole.basic, { integration: made })).toEqual(['invalid_request', '/auth/kind'])
  })

  it('if they are empty, except for a password', () => {
    expect(refusal({ kind: 'bearer', token: '' })).toEqual(['invalid_request', '/auth/token'])
    expect(refusal(whole.basic)).toEqual([])
  })

  it('with a token that includes the prefix Bearer', () => {
    for (const token of ['Bearer abc', 'bearer  abc', 'BEARER\tabc']) {
      expect(refusal({ kind: 'bearer', token })).toEqual(['invalid_request', '/auth/token'])
    }
    expect(refusal({ kind: 'bearer', token: 'Bearer abc', prefix: '' })).toEqual([])
    expect(refusal({ kind: 'bearer', token: 'Bearerabc' })).toEqual([])
  })

  it('with an address that is not allowed', () => {
    const checkUrl = (url: string) =>
      url.includes('id.') ? { code: 'private', detail: 'It is private' } : undefined
    expect(refusal(whole.oauth2_client_credentials, { checkUrl })).toEqual([
      'address_not_allowed',
      '/auth/tokenUrl',
    ])
  })

  it('without the recipe of a custom scheme', () => {
    expect(refusal({ ...whole.hmac_sha256, scheme: 'custom' })).toEqual([
      'invalid_request',
      '/auth/recipe',
    ])
  })

  it('with a duplicate or reserved header', () => {
    const value = 'v'
    const entries = [
      { name: 'X-A', value },
      { name: 'x-a', value },
      { name: 'Host', value },
    ]
    expect(refusal({ kind: 'headers', entries })).toEqual([
      'invalid_request',
      '/auth/entries/1/name',
      '/auth/entries/2/name',
    ])
    expect(refusal(whole.bearer, {}, [{ name: 'authorization', value }])).toEqual([
      'invalid_request',
      '/headers/0/name',
    ])
  })

  it('if they redirect secret headers of the integration to another address', () => {
    const integration: StoredIntegration = {
      ...made,
      auth: { kind: 'aws_sigv4' },
      headers: [{ name: 'X-Key', value: null, secret: true }],
    }
    const elsewhere = { ...whole.aws_sigv4, baseEndpoint: 'https://evil.example' } as Auth
    expect(refusal(elsewhere, { integration })).toEqual(['invalid_request', '/auth/baseEndpoint'])
    expect(refusal(elsewhere)).toEqual([])
  })
})

describe('null', () => {
  const storedFor = (baseUrl: string, auth: StoredIntegration['auth']): ConnectionSecrets => ({
    destinations: secretDestinationsOf(baseUrl, auth),
    fields: new Map([['token', 'stored']]),
    headers: new Map([['x-key', 'stored too']]),
  })
  const keeping = { kind: 'bearer', token: null } as const
  const header = { name: 'X-Key', value: null }

  it('keeps the stored secret', () => {
    const stored = storedFor(made.baseUrl, { kind: 'bearer' })
    const { plaintext } = put(keeping, { stored }, [header])
    expect([...plaintext.fields, ...plaintext.headers]).toEqual([
      ['token', 'stored'],
      ['x-key', 'stored too'],
    ])
  })

  it('is rejected if no secret is stored', () => {
    expect(refusal(keeping, {}, [header])).toEqual([
      'invalid_request',
      '/auth/token',
      '/headers/0/value',
    ])
  })

  it.each([
    'https://api.example.com/v3',
    'https://evil.example/v2',
    'https://api.example.com:444/v2',
  ])('does not keep a secret stored for %s', (baseUrl) => {
    const stored = storedFor(baseUrl, { kind: 'bearer' })
    expect(refusal(keeping, { stored }, [header])).toEqual([
      'invalid_request',
      '/auth/token',
      '/headers/0/value',
    ])
  })

  it('keeps a client secret only for the same token endpoint', () => {
    const auth = { ...whole.oauth2_client_credentials, clientSecret: null } as Auth
    const stored: ConnectionSecrets = {
      destinations: secretDestinationsOf(made.baseUrl, whole.oauth2_client_credentials),
      fields: new Map([['clientSecret', 'stored']]),
      headers: new Map(),
    }
    expect(refusal(auth, { stored })).toEqual([])
    const moved = { ...auth, tokenUrl: 'https://evil.example/token' } as Auth
    expect(refusal(moved, { stored })).toEqual(['invalid_request', '/auth/clientSecret'])
  })
})
