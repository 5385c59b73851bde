import { setTimeout as pause } from 'node:timers/promises'
import type { TokenAuth } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { tokenBody } from '../../../../../test/support/token-server.ts'
import { storeConsent } from '../../../../../test/support/upstream-token-node.ts'
import {
  HOUR_MS,
  startAll,
  useTokenNodes,
} from '../../../../../test/support/upstream-token-nodes.ts'

// Tokens obtained with a consent are renewed once, before they expire.

const {
  respondWith,
  auditOf,
  connected,
  connectionId,
  faultOf,
  move,
  node,
  origin,
  store,
  tokenOf,
  recordRequests,
} = useTokenNodes()

describe('a consent', () => {
  const persons = (more: object = {}): TokenAuth => ({
    kind: 'oauth2_authorization_code',
    authorizationUrl: 'https://id.example/authorize',
    tokenUrl: `${origin()}/token`,
    clientId: 'us',
    clientSecret: 's3cret',
    scopes: ['read'],
    clientAuth: 'basic',
    extraParameters: {},
    ...more,
  })
  const consent = async (refreshToken: string | undefined, expiresInSeconds?: number) => {
    const connection = connected(persons())
    const given = { kind: 'token', token: 'consented', refreshToken, expiresInSeconds } as const
    await storeConsent({ store: store(), node: node(), connection }, given)
    return connection
  }

  it('is renewed once for 100 parallel calls on two nodes, with the newest refresh token', async () => {
    const resolved = await consent('r0', 600)
    const requests = recordRequests()
    respondWith(({ form }) => ({
      body: tokenBody(`after-${form['refresh_token']}`, {
        refresh_token: `${form['refresh_token']}+`,
        expires_in: 600,
      }),
      after: pause(50),
    }))
    expect(await tokenOf(resolved)).toBe('consented')
    for (const token of ['after-r0', 'after-r0+']) {
      move(600_000)
      const all = await Promise.all(startAll(100, (index) => tokenOf(resolved, index % 2)))
      expect(new Set(all)).toEqual(new Set([token]))
    }
    expect(requests().map(({ form }) => form['refresh_token'])).toEqual(['r0', 'r0+'])
  })

  it('that was revoked sets consent_required, and is not requested repeatedly', async () => {
    const resolved = await consent('r0', 600)
    move(600_000)
    const requests = recordRequests()
    respondWith(() => ({ status: 400, body: { error: 'invalid_grant' } }))
    const faults = startAll(100, (index) => faultOf(resolved, index % 2))
    expect(new Set(await Promise.all(faults))).toEqual(new Set(['upstream_rejected']))
    // One request for each node.
    expect(requests().length).toBeLessThanOrEqual(2)
    expect(await auditOf('connection.token_refused')).toEqual([['refused', 'invalid_grant']])
    const { statusReason } = await store()
      .reader.selectFrom('connections')
      .select('statusReason')
      .where('id', '=', connectionId())
      .executeTakeFirstOrThrow()
    expect(statusReason).toBe('consent_required')
  })

  it('without a refresh token is valid as long as its token', async () => {
    const requests = recordRequests()
    const endless = await consent(undefined)
    move(1_000 * HOUR_MS)
    expect(await tokenOf(endless)).toBe('consented')
    const ending = await consent(undefined, 600)
    await node(1).tokens.tokenFor(ending)
    move(600_000)
    expect(await faultOf(ending, 1)).toBe('connection_missing')
    expect(requests()).toEqual([])
  })

  it('is not used for another token endpoint', async () => {
    await consent('r0', 600)
    const requests = recordRequests()
    const moved = persons({ tokenUrl: `${origin()}/elsewhere` })
    expect(await faultOf(connected(moved, '2.2'))).toBe('connection_missing')
    expect(requests()).toEqual([])
  })
})
