import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useTestStore } from '../../../../test/support/open-store.ts'
import {
  startTokenServer,
  type TokenReply,
  type TokenServer,
  tokenBody,
} from '../../../../test/support/token-server.ts'
import {
  insertConnectionRow,
  type Node,
  resolvedConnection,
  startNode,
  storeConsent,
} from '../../../../test/support/upstream-keeper.ts'
import type { ResolvedConnection, TokenAuth } from './resolved.ts'

// O15: tokens are fetched once, kept, renewed in time, and nothing that comes back does harm.

const HOUR_MS = 3_600_000
const store = useTestStore()
let nowMs = Date.parse('2027-03-01T12:00:00Z')
const clock = { now: () => nowMs }

let upstream: TokenServer
let nodes: readonly Node[] = []
let id = ''
let count = 0

beforeAll(async () => {
  upstream = await startTokenServer()
  nodes = [await startNode({ store: store(), clock }), await startNode({ store: store(), clock })]
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await upstream.close()
})
beforeEach(async () => {
  count += 1
  id = `conn_${count}`
  await insertConnectionRow(store(), id)
  const before = upstream.seen.length
  upstream.answer = (_request, index) => ({ body: tokenBody(`token-${index - before}`) })
})

const own = (more: Partial<TokenAuth> = {}) =>
  // safe because what is changed is of the same kind
  ({
    kind: 'oauth2_client_credentials',
    tokenUrl: `${upstream.origin}/token?tenant=7`,
    clientId: 'us',
    clientSecret: 's3cret',
    scopes: ['read', 'write'],
    audience: undefined,
    resource: undefined,
    clientAuth: 'basic',
    extraParameters: {},
    ...more,
  }) as TokenAuth

const login = (more: Partial<TokenAuth> = {}) =>
  // safe because what is changed is of the same kind
  ({
    kind: 'login_call',
    loginUrl: `${upstream.origin}/login`,
    method: 'POST',
    bodyTemplate: '{"u":"{{username}}","p":"{{password}}"}',
    contentType: 'json',
    username: 'ada "the" lovelace',
    password: 'p"w',
    tokenPointer: '/session/token',
    lifetimeSeconds: 600,
    prefix: '',
    header: 'X-Session',
    ...more,
  }) as TokenAuth

const tokenOf = async (resolved: ResolvedConnection, node = 0): Promise<string | undefined> =>
  (await nodes[node]?.tokens.tokenFor(resolved))?.token

const faultOf = async (resolved: ResolvedConnection, node = 0) =>
  nodes[node]?.tokens.tokenFor(resolved).then(
    ({ token }) => token,
    (error: { code: string }) => error.code,
  )

/** What was asked since the test began. */
const watch = () => {
  const before = upstream.seen.length
  return () => upstream.seen.slice(before)
}

describe('does', () => {
  it('asks as the settings say, and gives the token as a bearer', async () => {
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    expect(await nodes[0]?.tokens.tokenFor(resolved)).toEqual({
      token: 'token-1',
      prefix: 'Bearer',
      header: 'Authorization',
    })
    expect(asked()).toMatchObject([
      {
        method: 'POST',
        url: '/token?tenant=7',
        headers: { authorization: `Basic ${btoa('us:s3cret')}`, accept: 'application/json' },
        form: { grant_type: 'client_credentials', scope: 'read write' },
      },
    ])
  })

  it('asks once for 100 parallel calls', async () => {
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    const all = await Promise.all(times(100, () => tokenOf(resolved)))
    expect(new Set(all)).toEqual(new Set(['token-1']))
    expect(asked()).toHaveLength(1)
  })

  it('asks once for 100 parallel calls on two nodes', async () => {
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    upstream.answer = () => ({ body: tokenBody('shared'), after: pause(100) })
    const all = await Promise.all(times(100, (index) => tokenOf(resolved, index % 2)))
    expect(new Set(all)).toEqual(new Set(['shared']))
    expect(asked()).toHaveLength(1)
  })

  it('keeps it, also for a node that starts later, and renews it before it ends', async () => {
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    expect(await tokenOf(resolved)).toBe('token-1')
    nowMs += HOUR_MS - 5 * 60_000 - 1
    expect([await tokenOf(resolved), await tokenOf(resolved, 1)]).toEqual(['token-1', 'token-1'])
    expect(asked()).toHaveLength(1)
    nowMs += 1
    expect([await tokenOf(resolved), await tokenOf(resolved, 1)]).toEqual(['token-2', 'token-2'])
    expect(asked()).toHaveLength(2)
  })

  it('takes an hour where the other side says nothing', async () => {
    upstream.answer = (_request, index) => ({ body: { access_token: `t${index}` } })
    const resolved = resolvedConnection(id, own())
    const first = await tokenOf(resolved)
    nowMs += 54 * 60_000
    expect(await tokenOf(resolved)).toBe(first)
    nowMs += 60_000
    expect(await tokenOf(resolved)).not.toBe(first)
  })

  it('logs in, and gives the token as the settings say', async () => {
    const asked = watch()
    upstream.answer = () => ({ body: { session: { token: 'lo-gin' } } })
    const resolved = resolvedConnection(id, login())
    expect(await nodes[0]?.tokens.tokenFor(resolved)).toEqual({
      token: 'lo-gin',
      prefix: '',
      header: 'X-Session',
    })
    const [one] = asked()
    expect(one).toMatchObject({ method: 'POST', url: '/login' })
    expect(one?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(one?.body ?? '')).toEqual({ u: 'ada "the" lovelace', p: 'p"w' })
    nowMs += 9 * 60_000
    await tokenOf(resolved)
    expect(asked()).toHaveLength(2)
  })

  it('logs in with a form, or by an address', async () => {
    const asked = watch()
    upstream.answer = () => ({ body: { session: { token: 'lo-gin' } } })
    const bodyTemplate = 'u={{username}}&p={{password}}'
    await tokenOf(resolvedConnection(id, login({ bodyTemplate, contentType: 'form' })))
    const loginUrl = `${upstream.origin}/login?v=1`
    await tokenOf(resolvedConnection(id, login({ bodyTemplate, loginUrl, method: 'GET' }), '2.1'))
    expect(asked()).toMatchObject([
      { method: 'POST', form: { u: 'ada "the" lovelace', p: 'p"w' } },
      { method: 'GET', url: '/login?v=1&u=ada+%22the%22+lovelace&p=p%22w', body: '' },
    ])
  })

  it('fetches anew when somebody asks, and other nodes follow', async () => {
    const resolved = resolvedConnection(id, own())
    expect([await tokenOf(resolved), await tokenOf(resolved, 1)]).toEqual(['token-1', 'token-1'])
    const [node] = nodes
    await node?.tokens.fetchAnew(node.ctx, resolved)
    expect(await tokenOf(resolved)).toBe('token-2')
    await expect.poll(() => tokenOf(resolved, 1)).toBe('token-2')
    expect(await auditOf('connection.token_fetched')).toEqual([['success', null]])
  })
})

describe('a token is not used', () => {
  it('when the values have changed since, on any node', async () => {
    const asked = watch()
    expect(await tokenOf(resolvedConnection(id, own()))).toBe('token-1')
    const changed = resolvedConnection(id, own({ clientSecret: 'other' }), '2.1')
    expect(await tokenOf(changed)).toBe('token-2')
    expect(await tokenOf(changed, 1)).toBe('token-2')
    expect(asked()).toHaveLength(2)
  })

  it('anew, when only the name or a header of the integration has changed', async () => {
    const asked = watch()
    expect(await tokenOf(resolvedConnection(id, own()))).toBe('token-1')
    expect(await tokenOf(resolvedConnection(id, own(), '1.2'))).toBe('token-1')
    expect(asked()).toHaveLength(1)
  })

  it('when it stands in the row of another connection, or was altered', async () => {
    const resolved = resolvedConnection(id, own())
    await tokenOf(resolved)
    const other = `${id}_other`
    await insertConnectionRow(store(), other)
    await store().transact(async (tx) => {
      const row = await tx
        .selectFrom('upstreamTokens')
        .selectAll()
        .where('connectionId', '=', id)
        .executeTakeFirstOrThrow()
      await tx
        .insertInto('upstreamTokens')
        .values({ ...row, connectionId: other })
        .execute()
    })
    expect(await tokenOf(resolvedConnection(other, own()))).toBe('token-2')
  })

  it('is sealed where it is stored', async () => {
    upstream.answer = () => ({
      body: tokenBody('canary-token', { refresh_token: 'canary-refresh' }),
    })
    await tokenOf(resolvedConnection(id, own()))
    const row = JSON.stringify(
      await store()
        .reader.selectFrom('upstreamTokens')
        .selectAll()
        .where('connectionId', '=', id)
        .execute(),
    )
    expect(row).toContain('"version":2')
    for (const part of row.split(/[".]/)) {
      expect(Buffer.from(part, 'base64url').toString()).not.toContain('canary')
    }
  })
})

describe('a refusal', () => {
  const refuse = (error: string) => {
    upstream.answer = () => ({ status: 400, body: { error, error_description: 'canary-text' } })
  }

  it.each([
    ['invalid_client', 'invalid_client'],
    ['invalid_grant', 'invalid_grant'],
    ['canary-code', 'other'],
  ])('%s is asked for once in five minutes, and audited once', async (told, reason) => {
    refuse(told)
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    const faults = times(50, () => faultOf(resolved))
    const codes = await Promise.all(faults)
    for (let turn = 0; turn < 50; turn += 1) codes.push(await faultOf(resolved))
    expect(new Set(codes)).toEqual(new Set(['upstream_refused']))
    expect(asked()).toHaveLength(1)
    expect(await auditOf('connection.token_refused')).toEqual([['refused', reason]])
    nowMs += 5 * 60_000
    await faultOf(resolved)
    expect(asked()).toHaveLength(2)
  })

  it('says nothing of what the other side wrote', async () => {
    refuse('canary-code')
    const shown = await nodes[0]?.tokens
      .tokenFor(resolvedConnection(id, own()))
      .catch((error: unknown) => `${String(error)} ${JSON.stringify(error)}`)
    expect(shown).toContain('upstream_refused')
    expect(shown).not.toContain('canary')
  })

  it('counts only for the values that were refused', async () => {
    refuse('invalid_client')
    expect(await faultOf(resolvedConnection(id, own()))).toBe('upstream_refused')
    upstream.answer = () => ({ body: tokenBody('good') })
    expect(await tokenOf(resolvedConnection(id, own({ clientSecret: 'right' }), '2.1'))).toBe(
      'good',
    )
  })

  it('leaves the token at hand until that ends', async () => {
    const resolved = resolvedConnection(id, own())
    expect(await tokenOf(resolved)).toBe('token-1')
    nowMs += HOUR_MS - 60_000
    refuse('invalid_client')
    expect(await tokenOf(resolved)).toBe('token-1')
    nowMs += 60_000
    expect(await faultOf(resolved)).toBe('upstream_refused')
  })

  it('does not keep a person from trying', async () => {
    refuse('invalid_client')
    const resolved = resolvedConnection(id, own())
    await faultOf(resolved)
    upstream.answer = () => ({ body: tokenBody('good') })
    const [node] = nodes
    await node?.tokens.fetchAnew(node.ctx, resolved)
    expect(await tokenOf(resolved)).toBe('good')
  })
})

describe('a consent', () => {
  const persons = (more: object = {}): TokenAuth => ({
    kind: 'oauth2_authorization_code',
    authorizationUrl: 'https://id.example/authorize',
    tokenUrl: `${upstream.origin}/token`,
    clientId: 'us',
    clientSecret: 's3cret',
    scopes: ['read'],
    clientAuth: 'basic',
    extraParameters: {},
    ...more,
  })
  const consent = async (refreshToken: string | undefined, expiresInSeconds?: number) => {
    const connection = resolvedConnection(id, persons())
    const [node] = nodes
    if (node === undefined) throw new Error('no node')
    const given = { kind: 'token', token: 'consented', refreshToken, expiresInSeconds } as const
    await storeConsent({ store: store(), node, connection }, given)
    return connection
  }

  it('is renewed once for 100 parallel calls on two nodes, with the newest refresh token', async () => {
    const resolved = await consent('r0', 600)
    const asked = watch()
    upstream.answer = ({ form }) => ({
      body: tokenBody(`after-${form['refresh_token']}`, {
        refresh_token: `${form['refresh_token']}+`,
        expires_in: 600,
      }),
      after: pause(50),
    })
    expect(await tokenOf(resolved)).toBe('consented')
    for (const token of ['after-r0', 'after-r0+']) {
      nowMs += 600_000
      const all = await Promise.all(times(100, (index) => tokenOf(resolved, index % 2)))
      expect(new Set(all)).toEqual(new Set([token]))
    }
    expect(asked().map(({ form }) => form['refresh_token'])).toEqual(['r0', 'r0+'])
  })

  it('that is no more marks the connection, without a storm', async () => {
    const resolved = await consent('r0', 600)
    nowMs += 600_000
    const asked = watch()
    upstream.answer = () => ({ status: 400, body: { error: 'invalid_grant' } })
    const faults = times(100, (index) => faultOf(resolved, index % 2))
    expect(new Set(await Promise.all(faults))).toEqual(new Set(['upstream_refused']))
    // One for each node.
    expect(asked().length).toBeLessThanOrEqual(2)
    expect(await auditOf('connection.token_refused')).toEqual([['refused', 'invalid_grant']])
    const { attention } = await store()
      .reader.selectFrom('connections')
      .select('attention')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(attention).toBe('consent_needed')
  })

  it('without a refresh token lasts as long as its token, which has no end unless one is named', async () => {
    const asked = watch()
    const endless = await consent(undefined)
    nowMs += 1_000 * HOUR_MS
    expect(await tokenOf(endless)).toBe('consented')
    const ending = await consent(undefined, 600)
    await nodes[1]?.tokens.tokenFor(ending)
    nowMs += 600_000
    expect(await faultOf(ending, 1)).toBe('connection_missing')
    expect(asked()).toEqual([])
  })

  it('does not go to another address than it was given for', async () => {
    await consent('r0', 600)
    const asked = watch()
    const moved = persons({ tokenUrl: `${upstream.origin}/elsewhere` })
    expect(await faultOf(resolvedConnection(id, moved, '2.2'))).toBe('connection_missing')
    expect(asked()).toEqual([])
  })
})

describe('a failure', () => {
  it.each<[string, TokenReply, string]>([
    ['status 500', { status: 500, body: 'canary' }, 'upstream_failed'],
    ['status 429', { status: 429, body: { error: 'slow_down' } }, 'upstream_failed'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'upstream_failed'],
    ['a wrong address', { status: 404, body: '<html>' }, 'upstream_failed'],
    ['HTML', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'upstream_failed'],
    ['an array', { body: [tokenBody('t')] }, 'upstream_failed'],
    ['no token', { body: { token_type: 'bearer' } }, 'upstream_failed'],
    ['a token of type mac', { body: tokenBody('t', { token_type: 'mac' }) }, 'upstream_refused'],
    ['an error with status 200', { body: { error: 'invalid_grant' } }, 'upstream_refused'],
    ['2 MB', { body: tokenBody('t', { pad: 'x'.repeat(2_000_000) }) }, 'upstream_failed'],
    ['a compressed answer', { body: tokenBody('t'), headers: { 'content-encoding': 'gzip' } }, 't'],
    ['a lifetime in text', { body: tokenBody('t', { expires_in: '3600' }) }, 't'],
    ['a hang-up', { hangUp: true }, 'upstream_failed'],
  ])('by %s is told, asked for once, and nothing is followed', async (_, reply, code) => {
    upstream.answer = () => reply
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    expect(await faultOf(resolved)).toBe(code)
    expect(await faultOf(resolved)).toBe(code)
    expect(asked()).toHaveLength(1)
  })

  it('by a server that is not there, or may not be called, is told', async () => {
    const tokenUrl = 'http://127.0.0.1:1/token'
    expect(await faultOf(resolvedConnection(id, own({ tokenUrl })))).toBe('upstream_failed')
    const forbidden = own({ tokenUrl: 'https://10.0.0.1/token' })
    expect(await faultOf(resolvedConnection(id, forbidden, '2.1'))).toBe('address_not_allowed')
  })

  it('is tried again after a second, two, four, and at most a minute', async () => {
    upstream.answer = () => ({ status: 503 })
    const asked = watch()
    const resolved = resolvedConnection(id, own())
    await faultOf(resolved)
    for (const [index, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      nowMs += seconds * 1_000 - 1
      await faultOf(resolved)
      expect(asked()).toHaveLength(index + 1)
      nowMs += 1
      await faultOf(resolved)
      expect(asked()).toHaveLength(index + 2)
    }
    upstream.answer = () => ({ body: tokenBody('back') })
    nowMs += 60_000
    expect(await tokenOf(resolved)).toBe('back')
    expect(await auditOf('connection.token_refused')).toEqual([])
  })

  it('leaves the token at hand until that ends', async () => {
    const resolved = resolvedConnection(id, own())
    expect(await tokenOf(resolved)).toBe('token-1')
    nowMs += HOUR_MS - 60_000
    upstream.answer = () => ({ status: 503 })
    expect([await tokenOf(resolved), await tokenOf(resolved)]).toEqual(['token-1', 'token-1'])
    expect(await faultOf(resolved, 1)).toBe('token-1')
    nowMs += 60_000
    expect(await faultOf(resolved)).toBe('upstream_failed')
  })

  it('of whoever had claimed the next token holds the others up for twelve seconds', async () => {
    const resolved = resolvedConnection(id, own())
    await tokenOf(resolved)
    nowMs += HOUR_MS
    await store().transact((tx) =>
      tx
        .updateTable('upstreamTokens')
        .set({ claimedBy: 'killed', claimedUntil: nowMs + 12_000 })
        .where('connectionId', '=', id)
        .execute(),
    )
    const waiting = tokenOf(resolved)
    setTimeout(() => {
      nowMs += 12_000
    }, 200)
    expect(await waiting).toBe('token-2')
  })
})

async function auditOf(action: string) {
  const rows = await store()
    .reader.selectFrom('auditEvents')
    .select(['outcome', 'reason', 'targetId', 'targetName'])
    .where('action', '=', action)
    .where('targetId', '=', id)
    .execute()
  return rows.map(({ outcome, reason }) => [outcome, reason])
}

function times<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
