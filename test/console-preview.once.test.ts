import { AUTH_KINDS, HMAC_SCHEMES, readAuth } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { authTypes, fieldsOf } from '../packages/console/src/integrations/authentication-types.ts'
import {
  type CredentialInput,
  type Draft,
  emptyDraft,
} from '../packages/console/src/integrations/editor/draft.ts'
import { previewOf } from '../packages/console/src/integrations/editor/preview.ts'
import { newRow } from '../packages/console/src/integrations/editor/rows.ts'
import {
  authenticateConnection,
  prepareCall,
} from '../packages/server/src/stored/calls/prepare-call.ts'
import { outgoing, signingContext } from './support/outgoing-request.ts'
import { resolvedConnection } from './support/upstream-token-node.ts'

// The preview of the console against the request that the server prepares for the same input.

const SECRET = 'c2VjcmV0LW9mLXRoZS10ZXN0cw=='
const SEED = Buffer.alloc(32, 7)
const ED25519_JWK = JSON.stringify({
  kty: 'OKP',
  crv: 'Ed25519',
  d: SEED.toString('base64url'),
})
const RECIPE = {
  parts: [{ part: 'timestamp' }, { part: 'nonce' }, { part: 'body_sha256', encoding: 'base64' }],
  separator: '\n',
  output: 'base64url',
  headers: [
    { name: 'X-Id', value: '{client_id} {nonce}' },
    { name: 'X-Digest', value: '{body_sha256}' },
    { name: 'X-Sig', value: 't={timestamp},v1={signature}' },
  ],
}

/** Values of fields that must have a certain form. */
const texts: Readonly<Record<string, string>> = {
  name: 'X-Api-Key',
  recipe: JSON.stringify(RECIPE),
  header: 'X-Auth',
  prefix: 'Token',
  signatureAgent: 'https://bot.example.com',
  lifetimeSeconds: '600',
  privateKey: ED25519_JWK,
}

const variants = authTypes.flatMap((kind) => {
  const choice = fieldsOf[kind].find(
    ({ control, isAdvanced }) => control === 'choice' && !isAdvanced,
  )
  const values = choice?.choices ?? ['']
  return values.map((value) => [kind, choice?.name ?? '', value] as const)
})

function draftOf(kind: Draft['kind'], choice: string, value: string): Draft {
  const typed = fieldsOf[kind].map(({ name, initial = '', control }) => [
    name,
    texts[name] ?? (control === 'url' ? 'https://login.example.com/token' : initial || `a-${name}`),
  ])
  return {
    ...emptyDraft('production'),
    kind,
    baseUrl: 'https://api.example.com/v1',
    headers: [
      newRow({ name: 'X-Of-Integration', value: '1' }),
      newRow({ name: 'X-Both', value: '1' }),
    ],
    settings: {
      ...Object.fromEntries(typed),
      baseEndpoint: '',
      clientAuth: 'basic',
      [choice]: value,
    },
  }
}

function credentialsOf({ kind, settings }: Draft): CredentialInput {
  const own = fieldsOf[kind].filter(({ of }) => of === 'connection')
  return {
    fields: Object.fromEntries(
      own.map(({ name, control }) => [
        name,
        control === 'secret' ? (texts[name] ?? SECRET) : (settings[name] ?? ''),
      ]),
    ),
    entries: [newRow({ name: 'X-One', value: SECRET }), newRow({ name: 'X-Two', value: SECRET })],
    replaced: [],
    headers: [
      newRow({ name: 'X-Both', value: '2' }),
      newRow({ name: 'X-Secret', value: SECRET, isSecret: true }),
    ],
    expiresOn: '',
  }
}

/** The request of the server for the same input. */
async function requestOf(draft: Draft, credentials: CredentialInput, method: 'GET' | 'POST') {
  const { kind, settings } = draft
  const entries = credentials.entries.map(({ name, value }) => ({ name, value }))
  const values = { ...settings, ...credentials.fields, entries, recipe: RECIPE, scopes: [] }
  const auth = readAuth(kind, values)
  expect.assert(auth !== undefined)
  const connection = {
    ...resolvedConnection('conn_1', auth),
    basePath: '/v1',
    integrationHeaders: draft.headers.map(({ name, value }) => ({ name, value })),
    connectionHeaders: credentials.headers.map(({ name, value }) => ({ name, value })),
  }
  const carrier = kind === 'login_call' ? settings : {}
  const { prefix = 'Bearer', header = 'Authorization' } = carrier
  const tokenFor = async () => ({ token: SECRET, prefix, header })
  const body = outgoing(
    method === 'GET' ? {} : { body: { kind: 'bytes', bytes: Buffer.from('{}') } },
  )
  return prepareCall(
    await authenticateConnection(connection, { tokenFor }),
    { method, pathAndQuery: '/things?state=open', headers: [], body: body.body },
    () => signingContext,
  )
}

/** Masks stand for any text. */
function patternOf(shown: string): RegExp {
  const parts = shown.split(/••••|…/).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`)
}

describe('the preview of the console', () => {
  it('is tested for every authentication type and scheme', () => {
    expect(new Set(variants.map(([kind]) => kind))).toEqual(new Set(AUTH_KINDS))
    const schemes = variants.flatMap(([kind, , value]) => (kind === 'hmac_sha256' ? [value] : []))
    expect(schemes).toEqual([...HMAC_SCHEMES])
  })

  it.each(variants.flatMap((one) => [[...one, 'GET'] as const, [...one, 'POST'] as const]))(
    '%s %s %s: names, order and public parts of a %s match the request of the server',
    async (kind, choice, value, method) => {
      const draft = draftOf(kind, choice, value)
      const credentials = credentialsOf(draft)
      const preview = previewOf({
        draft,
        credentials,
        method,
        path: '/things?state=open',
        nowMs: signingContext.nowMs,
      })
      const sent = await requestOf(draft, credentials, method)
      expect(preview.problem).toBeUndefined()
      expect(preview.headers.map(([name]) => name)).toEqual(sent.headers.map(({ name }) => name))
      expect(`${sent.origin}${sent.target}`).toMatch(patternOf(preview.url))
      for (const [index, [, shown]] of preview.headers.entries())
        expect(sent.headers[index]?.value).toMatch(patternOf(shown))
      const text = JSON.stringify(preview)
      if (kind !== 'none') expect(text).toContain('••••')
      for (const secret of [SECRET, SEED.toString('base64url'), 'stand-in'])
        expect(text).not.toContain(secret)
    },
  )

  it.each(AUTH_KINDS)('%s: incomplete input is shown with the names of missing fields', (kind) => {
    const draft = { ...emptyDraft('production'), kind }
    const empty = { fields: {}, entries: [], replaced: [], headers: [], expiresOn: '' }
    const preview = previewOf({ draft, credentials: empty, method: 'POST', path: '', nowMs: 0 })
    expect(preview.url.startsWith('https://…/')).toBe(true)
    expect(preview.problem).toBeUndefined()
    expect(JSON.stringify(preview)).not.toMatch(/missing-|stand-in|undefined/)
    if (kind === 'aws_sigv4') expect(JSON.stringify(preview)).toContain('<accessKeyId>')
  })

  it.each(['{', '5', '{"headers":5}', '{"parts":[],"separator":"","headers":[]}'])(
    'the recipe %s, which the server rejects, is shown without authentication',
    (recipe) => {
      const draft = draftOf('hmac_sha256', 'scheme', 'custom')
      const preview = previewOf({
        draft: { ...draft, settings: { ...draft.settings, recipe } },
        credentials: credentialsOf(draft),
        method: 'GET',
        path: '/',
        nowMs: 0,
      })
      expect(preview.headers.map(([name]) => name)).toEqual([
        'X-Of-Integration',
        'X-Both',
        'X-Secret',
      ])
    },
  )

  it('an invalid header is a problem, not an exception', () => {
    const draft = {
      ...draftOf('api_key', 'in', 'header'),
      headers: [newRow({ name: 'not a name', value: '1' })],
    }
    const terms = {
      draft,
      credentials: credentialsOf(draft),
      method: 'GET',
      path: '/',
      nowMs: 0,
    } as const
    expect(previewOf(terms).problem).toBe('A header has an invalid name.')
  })
})
