import { describe, expect, it } from 'vitest'
import { type TokenServerResponse, tokenBody } from '../../../../../test/support/token-server.ts'
import {
  HOUR_MS,
  startAll,
  useTokenNodes,
} from '../../../../../test/support/upstream-token-nodes.ts'

// Rejections and failures of the token endpoint are reported, cause no request storm, and keep
// valid tokens usable.

const {
  respondWith,
  auditOf,
  connected,
  connectionId,
  faultOf,
  move,
  node,
  now,
  clientCredentials,
  store,
  tokenOf,
  recordRequests,
} = useTokenNodes()

describe('a rejection', () => {
  const refuse = (error: string) => {
    respondWith(() => ({ status: 400, body: { error, error_description: 'canary-text' } }))
  }

  it.each([
    ['invalid_client', 'invalid_client'],
    ['invalid_grant', 'invalid_grant'],
    ['canary-code', 'other'],
  ])('%s is requested once in five minutes, and audited once', async (told, reason) => {
    refuse(told)
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    const faults = startAll(50, () => faultOf(resolved))
    const codes = await Promise.all(faults)
    for (let turn = 0; turn < 50; turn += 1) codes.push(await faultOf(resolved))
    expect(new Set(codes)).toEqual(new Set(['upstream_rejected']))
    expect(requests()).toHaveLength(1)
    expect(await auditOf('connection.token_refused')).toEqual([['refused', reason]])
    move(5 * 60_000)
    await faultOf(resolved)
    expect(requests()).toHaveLength(2)
  })

  it('does not forward the text of the upstream', async () => {
    refuse('canary-code')
    const shown = await node()
      .tokens.tokenFor(connected(clientCredentials()))
      .catch((error: unknown) => `${String(error)} ${JSON.stringify(error)}`)
    expect(shown).toContain('upstream_rejected')
    expect(shown).not.toContain('canary')
  })

  it('applies only to the rejected credentials', async () => {
    refuse('invalid_client')
    expect(await faultOf(connected(clientCredentials()))).toBe('upstream_rejected')
    respondWith(() => ({ body: tokenBody('good') }))
    expect(await tokenOf(connected(clientCredentials({ clientSecret: 'right' }), '2.1'))).toBe(
      'good',
    )
  })

  it('keeps the current token until it expires', async () => {
    const resolved = connected(clientCredentials())
    expect(await tokenOf(resolved)).toBe('token-1')
    move(HOUR_MS - 60_000)
    refuse('invalid_client')
    expect(await tokenOf(resolved)).toBe('token-1')
    move(60_000)
    expect(await faultOf(resolved)).toBe('upstream_rejected')
  })

  it('does not prevent a request by a person', async () => {
    refuse('invalid_client')
    const resolved = connected(clientCredentials())
    await faultOf(resolved)
    respondWith(() => ({ body: tokenBody('good') }))
    await node().tokens.fetchNewToken(node().ctx, resolved)
    expect(await tokenOf(resolved)).toBe('good')
  })
})

describe('a failure', () => {
  it.each<[string, TokenServerResponse, string]>([
    ['status 500', { status: 500, body: 'canary' }, 'upstream_failed'],
    ['status 429', { status: 429, body: { error: 'slow_down' } }, 'upstream_failed'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'upstream_failed'],
    ['a wrong address', { status: 404, body: '<html>' }, 'upstream_failed'],
    ['HTML', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'upstream_failed'],
    ['an array', { body: [tokenBody('t')] }, 'upstream_failed'],
    ['no token', { body: { token_type: 'bearer' } }, 'upstream_failed'],
    ['a token of type mac', { body: tokenBody('t', { token_type: 'mac' }) }, 'upstream_rejected'],
    ['an error with status 200', { body: { error: 'invalid_grant' } }, 'upstream_rejected'],
    ['2 MB', { body: tokenBody('t', { pad: 'x'.repeat(2_000_000) }) }, 'upstream_failed'],
    [
      'a compressed response',
      { body: tokenBody('t'), headers: { 'content-encoding': 'gzip' } },
      't',
    ],
    ['a lifetime in text', { body: tokenBody('t', { expires_in: '3600' }) }, 't'],
    ['a hang-up', { hangUp: true }, 'upstream_failed'],
  ])('by %s is reported, requested once, and no redirect is followed', async (_, reply, code) => {
    respondWith(() => reply)
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    expect(await faultOf(resolved)).toBe(code)
    expect(await faultOf(resolved)).toBe(code)
    expect(requests()).toHaveLength(1)
  })

  it('by an unreachable or disallowed token endpoint is reported', async () => {
    const tokenUrl = 'http://127.0.0.1:1/token'
    expect(await faultOf(connected(clientCredentials({ tokenUrl })))).toBe('upstream_failed')
    const forbidden = clientCredentials({ tokenUrl: 'https://10.0.0.1/token' })
    expect(await faultOf(connected(forbidden, '2.1'))).toBe('address_not_allowed')
  })

  it('is retried after one, two and four seconds, up to one minute', async () => {
    respondWith(() => ({ status: 503 }))
    const requests = recordRequests()
    const resolved = connected(clientCredentials())
    await faultOf(resolved)
    for (const [index, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      move(seconds * 1_000 - 1)
      await faultOf(resolved)
      expect(requests()).toHaveLength(index + 1)
      move(1)
      await faultOf(resolved)
      expect(requests()).toHaveLength(index + 2)
    }
    respondWith(() => ({ body: tokenBody('back') }))
    move(60_000)
    expect(await tokenOf(resolved)).toBe('back')
    expect(await auditOf('connection.token_refused')).toEqual([])
  })

  it('keeps the current token until it expires', async () => {
    const resolved = connected(clientCredentials())
    expect(await tokenOf(resolved)).toBe('token-1')
    move(HOUR_MS - 60_000)
    respondWith(() => ({ status: 503 }))
    expect([await tokenOf(resolved), await tokenOf(resolved)]).toEqual(['token-1', 'token-1'])
    expect(await faultOf(resolved, 1)).toBe('token-1')
    move(60_000)
    expect(await faultOf(resolved)).toBe('upstream_failed')
  })

  it('of a crashed node delays the next token request by at most twelve seconds', async () => {
    const resolved = connected(clientCredentials())
    await tokenOf(resolved)
    move(HOUR_MS)
    await store().transact((tx) =>
      tx
        .updateTable('upstreamTokens')
        .set({ claimedBy: 'killed', claimedUntil: now() + 12_000 })
        .where('connectionId', '=', connectionId())
        .execute(),
    )
    const waiting = tokenOf(resolved)
    setTimeout(() => move(12_000), 200)
    expect(await waiting).toBe('token-2')
  })
})
