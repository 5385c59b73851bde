import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { titleOf, useConsent } from '../../../../../test/support/consent.ts'
import { listAuditEvents } from '../../../../../test/support/people.ts'
import { tokenBody } from '../../../../../test/support/token-server.ts'
import {
  requestSharedConnection,
  sharedConnection,
} from '../../../../../test/support/upstream-connection.ts'

// OAuth consent: started here, given at the upstream, and completed once in the same browser.

const { ada, startConsent, requestCallback, integrationId, server, upstream, recordRequests } =
  useConsent()

describe('does', () => {
  it('a consent starts with an authorization URL of the upstream, valid for ten minutes', async () => {
    const { body } = await startConsent()
    const url = new URL(body.url)
    expect(`${url.origin}${url.pathname}`).toBe('https://id.example/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '7',
      prompt: 'consent',
      response_type: 'code',
      client_id: 'us',
      redirect_uri: `${server().url}/connect/callback`,
      scope: 'read offline_access',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(body.redirectUrl).toBe(`${server().url}/connect/callback`)
    expect(Date.parse(body.expiresAt)).toBe(server().clock.now() + 600_000)
  })

  it('the code is exchanged for tokens with the PKCE verifier', async () => {
    expect(await sharedConnection(server(), integrationId())).toMatchObject({
      status: 'needs_attention',
      statusReason: 'consent_required',
    })
    const { body, state } = await startConsent()
    const requests = recordRequests()
    const page = await requestCallback(`code=c%2F1&state=${state}`)
    expect([page.status, titleOf(page)]).toEqual([200, 'Connected'])
    const [one] = requests()
    expect(one).toMatchObject({
      method: 'POST',
      url: '/token',
      headers: { authorization: `Basic ${btoa('us:s3cret-of-ours')}` },
      form: {
        grant_type: 'authorization_code',
        code: 'c/1',
        redirect_uri: `${server().url}/connect/callback`,
      },
    })
    const challenge = new URL(body.url).searchParams.get('code_challenge')
    const verifier = one?.form['code_verifier'] ?? ''
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge)
    expect(await sharedConnection(server(), integrationId())).toMatchObject({
      status: 'working',
      statusReason: null,
      tokenExpiresAt: new Date(server().clock.now() + 3_600_000).toISOString(),
    })
  })

  it('the result page contains nothing from the upstream, and notifies the console', async () => {
    const { state } = await startConsent()
    const page = await requestCallback(`code=c&state=${state}`)
    const nonce = /<script nonce="([\w-]+)">/.exec(page.text)?.[1]
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain(`script-src 'nonce-${nonce}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.text).toContain('Weather &lt;b&gt;&amp;')
    expect(page.text).toContain(
      `postMessage({"outcome":"connected","integrationId":"${integrationId()}"})`,
    )
    expect(page.text).toContain("new BroadcastChannel('keyporter-connect')")
    expect(page.text).not.toMatch(/https?:|token-|refresh-/)
  })

  it('without the session cookie, the page reloads once from our own origin', async () => {
    const { state } = await startConsent()
    const first = await requestCallback(`code=c%22%3E1&state=${state}`, null)
    expect([first.status, titleOf(first)]).toEqual([200, 'Connecting'])
    const url = /url=([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await server().send('GET', url, { as: null, cookie: ada().cookie })
    expect(titleOf(second)).toBe('Connected')
    expect(upstream().received.at(-1)?.form['code']).toBe('c">1')
  })

  it('a consent started by a credential needs no session', async () => {
    const { state } = await startConsent(server())
    expect(titleOf(await requestCallback(`code=c&state=${state}`, null))).toBe('Connected')
  })

  it('the token is renewed with the newest refresh token, also after a restart', async () => {
    const { state } = await startConsent()
    upstream().respond = () => ({ body: tokenBody('a1', { refresh_token: 'r1' }) })
    await requestCallback(`code=c&state=${state}`)
    const requests = recordRequests()
    upstream().respond = () => ({ body: tokenBody('a2', { refresh_token: 'r2' }) })
    expect((await requestSharedConnection(server(), integrationId(), 'token')).status).toBe(200)
    await server().restart()
    upstream().respond = () => ({ body: tokenBody('a3') })
    await requestSharedConnection(server(), integrationId(), 'token')
    await requestSharedConnection(server(), integrationId(), 'token')
    expect(requests().map(({ form }) => [form['grant_type'], form['refresh_token']])).toEqual([
      ['refresh_token', 'r1'],
      ['refresh_token', 'r2'],
      ['refresh_token', 'r2'],
    ])
    expect(requests()[0]?.form).not.toHaveProperty('scope')
  })

  it('a consent revoked by the upstream can be given again', async () => {
    await requestCallback(`code=c&state=${(await startConsent()).state}`)
    upstream().respond = () => ({ status: 400, body: { error: 'invalid_grant' } })
    const refused = await requestSharedConnection(server(), integrationId(), 'token')
    expect([refused.status, refused.body.code]).toEqual([502, 'upstream_rejected'])
    expect(await sharedConnection(server(), integrationId())).toMatchObject({
      status: 'needs_attention',
      statusReason: 'consent_required',
    })
    upstream().respond = () => ({ body: tokenBody('again') })
    await requestCallback(`code=d&state=${(await startConsent()).state}`)
    expect(await sharedConnection(server(), integrationId())).toMatchObject({
      status: 'working',
      statusReason: null,
    })
  })
})

describe('records', () => {
  it('start, success and rejection are audited without a secret', async () => {
    const { state } = await startConsent()
    await requestCallback(`code=canary-code&state=${state}`)
    await requestCallback(`error=x&state=${(await startConsent()).state}`)
    await requestSharedConnection(server(), integrationId(), 'token')
    const expected = [
      ['connection.authorization_started', ada().id, 'success', null],
      ['connection.authorized', ada().id, 'success', null],
      ['connection.token_refused', ada().id, 'refused', 'access_denied'],
      ['connection.token_fetched', expect.stringMatching(/^cred_/), 'success', null],
    ] as const
    const { id: connectionId } = await sharedConnection(server(), integrationId())
    for (const [action, actor, outcome, reason] of expected) {
      const events = await listAuditEvents(server(), action)
      const event = events.find(({ target }) => target.id === connectionId)
      expect([event.actor.id, event.outcome, event.reason]).toEqual([actor, outcome, reason])
      expect(JSON.stringify(event)).not.toMatch(/canary|s3cret|refresh-|token-\d/)
      expect(JSON.stringify(event)).not.toContain(state)
    }
    expect(server().logLines.join('\n')).not.toMatch(/canary|s3cret|refresh-|token-\d/)
    expect(server().logLines.join('\n')).not.toContain(state)
  })
})
