import { setTimeout as pause } from 'node:timers/promises'
import type { TokenAuth } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { tokenBody } from '../../../../../test/support/token-server.ts'
import {
  insertConnectionRow,
  resolvedConnection,
} from '../../../../../test/support/upstream-token-node.ts'
import {
  HOUR_MS,
  startAll,
  useTokenNodes,
} from '../../../../../test/support/upstream-token-nodes.ts'

// Tokens are fetched once, stored, and renewed before they expire.

const {
  respondWith,
  auditOf,
  connected,
  connectionId,
  move,
  node,
  origin,
  clientCredentials,
  store,
  tokenOf,
  recordRequests,
} = useTokenNodes()

const login = (more: Partial<TokenAuth> = {}) =>
  // safe because the changed fields belong to the same type
  ({
    kind: 'login_call',
    loginUrl: `${origin()}/login`,
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

describe('does', () => {
  it('the token request follows the settings, and the token is sent as a bearer token', async () => {
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    expect(await node().tokens.tokenFor(resolved)).toEqual({
      token: 'token-1',
      prefix: 'Bearer',
      header: 'Authorization',
    })
    expect(requests()).toMatchObject([
      {
        method: 'POST',
        url: '/token?tenant=7',
        headers: { authorization: `Basic ${btoa('us:s3cret')}`, accept: 'application/json' },
        form: { grant_type: 'client_credentials', scope: 'read write' },
      },
    ])
  })

  it('100 concurrent calls share one token request', async () => {
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    const all = await Promise.all(startAll(100, () => tokenOf(resolved)))
    expect(new Set(all)).toEqual(new Set(['token-1']))
    expect(requests()).toHaveLength(1)
  })

  it('100 concurrent calls on two nodes share one token request', async () => {
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    respondWith(() => ({ body: tokenBody('shared'), after: pause(100) }))
    const all = await Promise.all(startAll(100, (index) => tokenOf(resolved, index % 2)))
    expect(new Set(all)).toEqual(new Set(['shared']))
    expect(requests()).toHaveLength(1)
  })

  it('a token is stored for later nodes, and renewed before it expires', async () => {
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    expect(await tokenOf(resolved)).toBe('token-1')
    move(HOUR_MS - 5 * 60_000 - 1)
    expect([await tokenOf(resolved), await tokenOf(resolved, 1)]).toEqual(['token-1', 'token-1'])
    expect(requests()).toHaveLength(1)
    move(1)
    expect([await tokenOf(resolved), await tokenOf(resolved, 1)]).toEqual(['token-2', 'token-2'])
    expect(requests()).toHaveLength(2)
  })

  it('a token without a lifetime is assumed valid for one hour', async () => {
    respondWith((_request, index) => ({ body: { access_token: `t${index}` } }))
    const resolved = connected(clientCredentials())
    const first = await tokenOf(resolved)
    move(54 * 60_000)
    expect(await tokenOf(resolved)).toBe(first)
    move(60_000)
    expect(await tokenOf(resolved)).not.toBe(first)
  })

  it('a login request sends its token in the configured header', async () => {
    const requests = recordRequests()
    respondWith(() => ({ body: { session: { token: 'lo-gin' } } }))
    const resolved = connected(login())
    expect(await node().tokens.tokenFor(resolved)).toEqual({
      token: 'lo-gin',
      prefix: '',
      header: 'X-Session',
    })
    const [one] = requests()
    expect(one).toMatchObject({ method: 'POST', url: '/login' })
    expect(one?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(one?.body ?? '')).toEqual({ u: 'ada "the" lovelace', p: 'p"w' })
    move(9 * 60_000)
    await tokenOf(resolved)
    expect(requests()).toHaveLength(2)
  })

  it('a login request can send a form body or a query', async () => {
    const requests = recordRequests()
    respondWith(() => ({ body: { session: { token: 'lo-gin' } } }))
    const bodyTemplate = 'u={{username}}&p={{password}}'
    await tokenOf(connected(login({ bodyTemplate, contentType: 'form' })))
    const loginUrl = `${origin()}/login?v=1`
    await tokenOf(connected(login({ bodyTemplate, loginUrl, method: 'GET' }), '2.1'))
    expect(requests()).toMatchObject([
      { method: 'POST', form: { u: 'ada "the" lovelace', p: 'p"w' } },
      { method: 'GET', url: '/login?v=1&u=ada+%22the%22+lovelace&p=p%22w', body: '' },
    ])
  })

  it('a requested token replaces the current one on all nodes', async () => {
    const resolved = connected(clientCredentials())
    expect([await tokenOf(resolved), await tokenOf(resolved, 1)]).toEqual(['token-1', 'token-1'])
    await node().tokens.fetchNewToken(node().ctx, resolved)
    expect(await tokenOf(resolved)).toBe('token-2')
    await expect.poll(() => tokenOf(resolved, 1)).toBe('token-2')
    expect(await auditOf('connection.token_fetched')).toEqual([['success', null]])
  })
})

describe('a stored token', () => {
  it('is not used after a change of the credentials, on any node', async () => {
    const requests = recordRequests()
    expect(await tokenOf(connected(clientCredentials()))).toBe('token-1')
    const changed = connected(clientCredentials({ clientSecret: 'other' }), '2.1')
    expect(await tokenOf(changed)).toBe('token-2')
    expect(await tokenOf(changed, 1)).toBe('token-2')
    expect(requests()).toHaveLength(2)
  })

  it('stays in use after a change of the name or a header of the integration', async () => {
    const requests = recordRequests()
    expect(await tokenOf(connected(clientCredentials()))).toBe('token-1')
    expect(await tokenOf(connected(clientCredentials(), '1.2'))).toBe('token-1')
    expect(requests()).toHaveLength(1)
  })

  it('is not used if it was moved to another row or altered', async () => {
    const resolved = connected(clientCredentials())
    await tokenOf(resolved)
    const other = `${connectionId()}_other`
    await insertConnectionRow(store(), other)
    await store().transact(async (tx) => {
      const row = await tx
        .selectFrom('upstreamTokens')
        .selectAll()
        .where('connectionId', '=', connectionId())
        .executeTakeFirstOrThrow()
      await tx
        .insertInto('upstreamTokens')
        .values({ ...row, connectionId: other })
        .execute()
    })
    expect(await tokenOf(resolvedConnection(other, clientCredentials()))).toBe('token-2')
  })

  it('is encrypted', async () => {
    respondWith(() => ({
      body: tokenBody('canary-token', { refresh_token: 'canary-refresh' }),
    }))
    await tokenOf(connected(clientCredentials()))
    const row = JSON.stringify(
      await store()
        .reader.selectFrom('upstreamTokens')
        .selectAll()
        .where('connectionId', '=', connectionId())
        .execute(),
    )
    expect(row).toContain('"version":2')
    for (const part of row.split(/[".]/)) {
      expect(Buffer.from(part, 'base64url').toString()).not.toContain('canary')
    }
  })
})
