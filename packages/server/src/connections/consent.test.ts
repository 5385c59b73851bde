import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addPerson, auditOf, type Person } from '../../../../test/support/people.ts'
import { type Answer, startTestServer, type TestServer } from '../../../../test/support/server.ts'
import {
  startTokenServer,
  type TokenServer,
  tokenBody,
} from '../../../../test/support/token-server.ts'
import {
  askShared,
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  putValues,
  sharedConnection,
} from '../../../../test/support/upstream-connection.ts'

// The way of a person's consent: begun here, given there, and come back once, in the right browser.

let server: TestServer
let upstream: TokenServer
let ada: Person
let grace: Person
let id = ''

beforeAll(async () => {
  upstream = await startTokenServer()
  server = await startTestServer({ env: LOOPBACK_ALLOWED })
  ada = await addPerson(server, { privileges: ['integrations.view', 'integrations.manage'] })
  grace = await addPerson(server, { privileges: ['integrations.view', 'integrations.manage'] })
})
afterAll(async () => {
  await server.close()
  await upstream.close()
})
beforeEach(async () => {
  upstream.answer = (_request, index) => ({
    body: tokenBody(`token-${index}`, { refresh_token: `refresh-${index}` }),
  })
  id = await createUpstreamConnection(server, {
    auth: {
      kind: 'oauth2_authorization_code',
      authorizationUrl: 'https://id.example/authorize?tenant=7',
      tokenUrl: `${upstream.origin}/token`,
      clientId: 'us',
      scopes: ['read', 'offline_access'],
      extraParameters: { prompt: 'consent', state: 'evil' },
    },
    secrets: { clientSecret: 's3cret-of-ours' },
  })
})

const begin = async (asker: Pick<TestServer, 'ask'> = ada) => {
  const { status, body, text } = await askShared(asker, id, 'authorize')
  if (status !== 200) throw new Error(text)
  return { body, state: new URL(body.url).searchParams.get('state') ?? '' }
}

/** Comes back from the other side, as the browser of a person, or of nobody. */
const comeBack = (query: string, who: Person | null = ada): Promise<Answer> =>
  server.ask('GET', `/connect/callback?${query}`, {
    as: null,
    ...(who === null ? {} : { cookie: who.cookie }),
  })

const titleOf = ({ text }: Answer) => /<h1>(.*)<\/h1>/.exec(text)?.[1]

const watch = () => {
  const before = upstream.seen.length
  return () => upstream.seen.slice(before)
}

describe('does', () => {
  it('begins with an address of the other side, good for ten minutes', async () => {
    const { body } = await begin()
    const url = new URL(body.url)
    expect(`${url.origin}${url.pathname}`).toBe('https://id.example/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '7',
      prompt: 'consent',
      response_type: 'code',
      client_id: 'us',
      redirect_uri: `${server.url}/connect/callback`,
      scope: 'read offline_access',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(body.redirectUrl).toBe(`${server.url}/connect/callback`)
    expect(Date.parse(body.expiresAt)).toBe(server.clock.now() + 600_000)
  })

  it('turns the code into tokens, with the proof that it was begun here', async () => {
    expect(await sharedConnection(server, id)).toMatchObject({
      status: 'needs_attention',
      attention: 'consent_needed',
    })
    const { body, state } = await begin()
    const asked = watch()
    const page = await comeBack(`code=c%2F1&state=${state}`)
    expect([page.status, titleOf(page)]).toEqual([200, 'Connected'])
    const [one] = asked()
    expect(one).toMatchObject({
      method: 'POST',
      url: '/token',
      headers: { authorization: `Basic ${btoa('us:s3cret-of-ours')}` },
      form: {
        grant_type: 'authorization_code',
        code: 'c/1',
        redirect_uri: `${server.url}/connect/callback`,
      },
    })
    const challenge = new URL(body.url).searchParams.get('code_challenge')
    const verifier = one?.form['code_verifier'] ?? ''
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(challenge)
    expect(await sharedConnection(server, id)).toMatchObject({
      status: 'working',
      attention: null,
      tokenExpiresAt: new Date(server.clock.now() + 3_600_000).toISOString(),
    })
  })

  it('shows a page that holds nothing of others, and tells the console', async () => {
    const { state } = await begin()
    const page = await comeBack(`code=c&state=${state}`)
    const nonce = /<script nonce="([\w-]+)">/.exec(page.text)?.[1]
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain(`script-src 'nonce-${nonce}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.text).toContain('Weather &lt;b&gt;&amp;')
    expect(page.text).toContain(`postMessage({"outcome":"connected","integrationId":"${id}"})`)
    expect(page.text).toContain("new BroadcastChannel('keyporter-connect')")
    expect(page.text).not.toMatch(/https?:|token-|refresh-/)
  })

  it('goes once around by a page of its own, where the browser kept the cookie to itself', async () => {
    const { state } = await begin()
    const first = await comeBack(`code=c%22%3E1&state=${state}`, null)
    expect([first.status, titleOf(first)]).toEqual([200, 'Connecting'])
    const url = /url=([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await server.ask('GET', url, { as: null, cookie: ada.cookie })
    expect(titleOf(second)).toBe('Connected')
    expect(upstream.seen.at(-1)?.form['code']).toBe('c">1')
  })

  it('needs no session where a credential began it', async () => {
    const { state } = await begin(server)
    expect(titleOf(await comeBack(`code=c&state=${state}`, null))).toBe('Connected')
  })

  it('renews with the newest refresh token, also after a restart', async () => {
    const { state } = await begin()
    upstream.answer = () => ({ body: tokenBody('a1', { refresh_token: 'r1' }) })
    await comeBack(`code=c&state=${state}`)
    const asked = watch()
    upstream.answer = () => ({ body: tokenBody('a2', { refresh_token: 'r2' }) })
    expect((await askShared(server, id, 'token')).status).toBe(200)
    await server.restart()
    upstream.answer = () => ({ body: tokenBody('a3') })
    await askShared(server, id, 'token')
    await askShared(server, id, 'token')
    expect(asked().map(({ form }) => [form['grant_type'], form['refresh_token']])).toEqual([
      ['refresh_token', 'r1'],
      ['refresh_token', 'r2'],
      ['refresh_token', 'r2'],
    ])
    expect(asked()[0]?.form).not.toHaveProperty('scope')
  })

  it('begins anew after the other side has ended it', async () => {
    await comeBack(`code=c&state=${(await begin()).state}`)
    upstream.answer = () => ({ status: 400, body: { error: 'invalid_grant' } })
    const refused = await askShared(server, id, 'token')
    expect([refused.status, refused.body.code]).toEqual([502, 'upstream_refused'])
    expect(await sharedConnection(server, id)).toMatchObject({
      status: 'needs_attention',
      attention: 'consent_needed',
    })
    upstream.answer = () => ({ body: tokenBody('again') })
    await comeBack(`code=d&state=${(await begin()).state}`)
    expect(await sharedConnection(server, id)).toMatchObject({ status: 'working', attention: null })
  })
})

describe('refuses', () => {
  it('a state that was used', async () => {
    const { state } = await begin()
    await comeBack(`code=c&state=${state}`)
    const asked = watch()
    const again = await comeBack(`code=c&state=${state}`)
    expect([again.status, titleOf(again)]).toEqual([400, 'Expired'])
    expect(asked()).toEqual([])
  })

  it('the second of two who come at once', async () => {
    const { state } = await begin()
    const asked = watch()
    const pages = await Promise.all([1, 2, 3].map(() => comeBack(`code=c&state=${state}`)))
    const titles = pages.map(titleOf)
    expect(titles).toContain('Connected')
    expect(titles.filter((title) => title === 'Expired')).toHaveLength(2)
    expect(asked()).toHaveLength(1)
  })

  it('another member, and nobody, without using it up', async () => {
    const { state } = await begin()
    const asked = watch()
    const hers = await comeBack(`code=c&state=${state}`, grace)
    expect([hers.status, titleOf(hers)]).toEqual([403, 'Not yours'])
    const nobodys = await comeBack(`code=c&state=${state}&again=1`, null)
    expect([nobodys.status, titleOf(nobodys)]).toEqual([403, 'Not yours'])
    expect(asked()).toEqual([])
    expect(titleOf(await comeBack(`code=c&state=${state}`))).toBe('Connected')
  })

  it('a member who may no longer', async () => {
    const { state } = await begin(grace)
    const rights = (privileges: string[]) =>
      server.ask('PATCH', `/v1/members/${grace.id}`, { body: { privileges } })
    await rights(['integrations.view'])
    expect(titleOf(await comeBack(`code=c&state=${state}`, grace))).toBe('Not yours')
    await rights(['integrations.view', 'integrations.manage'])
  })

  it('after ten minutes', async () => {
    const { state } = await begin()
    server.clock.move(600_000)
    expect(titleOf(await comeBack(`code=c&state=${state}`))).toBe('Expired')
  })

  it.each([
    '',
    'code=c',
    'state=',
    'state=S',
    'state=S&code=',
    'state=S&state=S&code=c',
    'state=S&code=c&code=d',
    'state=S&error=a&error=b',
    `state=S&code=${'c'.repeat(4_097)}`,
    'state=X&code=c',
    'state=%00&code=c',
  ])('what is no way back: %s', async (query) => {
    const { state } = await begin()
    const tampered = `${state.slice(1)}${state.startsWith('A') ? 'B' : 'A'}`
    const asked = watch()
    const page = await comeBack(query.replaceAll('S', state).replace('X', tampered))
    expect([page.status, titleOf(page)]).toEqual([400, 'Expired'])
    expect(asked()).toEqual([])
  })

  it('what the other side refused, without a word of it, and leaves what there was', async () => {
    await comeBack(`code=c&state=${(await begin()).state}`)
    const { state } = await begin()
    const asked = watch()
    const page = await comeBack(
      `error=access_denied%3Cscript%3E&error_description=canary&code=c&state=${state}`,
    )
    expect([page.status, titleOf(page)]).toEqual([403, 'Refused'])
    expect(page.text).not.toMatch(/access_denied|canary/)
    expect(titleOf(await comeBack(`code=c&state=${state}`))).toBe('Expired')
    expect(asked()).toEqual([])
    expect(await sharedConnection(server, id)).toMatchObject({ status: 'working' })
  })

  it.each([
    [{ status: 400, body: { error: 'invalid_grant', error_description: 'canary' } }, 'Refused'],
    [{ status: 503, body: 'canary' }, 'Not connected'],
    [{ status: 200, body: '<html>canary' }, 'Not connected'],
  ])('a code that is not taken: %j', async (reply, title) => {
    const { state } = await begin()
    upstream.answer = () => reply
    const page = await comeBack(`code=c&state=${state}`)
    expect(titleOf(page)).toBe(title)
    expect(page.text).not.toContain('canary')
    expect(await sharedConnection(server, id)).toMatchObject({ attention: 'consent_needed' })
  })

  it('a code that would go elsewhere than it was begun for', async () => {
    const { state } = await begin()
    const asked = watch()
    const { auth } = (await server.ask('GET', `/v1/integrations/${id}`)).body
    const moved = { ...auth, tokenUrl: `${upstream.origin}/elsewhere` }
    await server.ask('PATCH', `/v1/integrations/${id}`, { body: { auth: moved } })
    const kind = 'oauth2_authorization_code'
    await putValues(server, id, { kind, clientSecret: 's3cret-of-ours' })
    expect(titleOf(await comeBack(`code=c&state=${state}`))).toBe('Expired')
    expect(asked()).toEqual([])
  })

  it('everything, where the organization does not have the stored door', async () => {
    const { state } = await begin()
    const features = (stored: boolean) =>
      server.ask('PATCH', `/v1/organizations/${server.operatorId}`, {
        body: { features: { issued: true, stored, webhooks: true } },
      })
    await features(false)
    expect((await askShared(server, id, 'authorize')).status).toBe(404)
    expect((await comeBack(`code=c&state=${state}`)).status).toBe(404)
    await features(true)
    expect(titleOf(await comeBack(`code=c&state=${state}`))).toBe('Connected')
  })

  it('connections that are not there, have no values, or need no consent', async () => {
    const ask = (path: string, verb: string) =>
      server.ask('POST', `/v1/integrations/${path}/${verb}`, { body: {} })
    const codes = async (path: string) =>
      Promise.all(['authorize', 'token'].map(async (verb) => (await ask(path, verb)).body.code))
    const nobody = id.replace(/.{4}$/, 'zzzz')
    expect(await codes(`${nobody}/connections/shared`)).toEqual(['not_found', 'not_found'])
    expect(await codes(`${id}/connections/org_nobody`)).toEqual(['not_found', 'not_found'])
    expect(await codes(`${id}/connections/${server.operatorId}`)).toEqual([
      'connection_missing',
      'connection_missing',
    ])
    const none = await server.ask('POST', '/v1/integrations', {
      body: { name: 'Open', baseUrl: 'https://open.example.com', contentType: 'json' },
    })
    expect(await codes(`${none.body.id}/connections/shared`)).toEqual(['wrong_kind', 'wrong_kind'])
    expect((await askShared(server, id, 'token')).body.code).toBe('connection_missing')
  })
})

describe('records', () => {
  it('who began, who connected, who was refused, and no secret', async () => {
    const { state } = await begin()
    await comeBack(`code=canary-code&state=${state}`)
    await comeBack(`error=x&state=${(await begin()).state}`)
    await askShared(server, id, 'token')
    const expected = [
      ['connection.authorization_started', ada.id, 'success', null],
      ['connection.authorized', ada.id, 'success', null],
      ['connection.token_refused', ada.id, 'refused', 'access_denied'],
      ['connection.token_fetched', expect.stringMatching(/^cred_/), 'success', null],
    ] as const
    const { id: connectionId } = await sharedConnection(server, id)
    for (const [action, actor, outcome, reason] of expected) {
      const events = await auditOf(server, action)
      const event = events.find(({ target }) => target.id === connectionId)
      expect([event.actor.id, event.outcome, event.reason]).toEqual([actor, outcome, reason])
      expect(JSON.stringify(event)).not.toMatch(/canary|s3cret|refresh-|token-\d/)
      expect(JSON.stringify(event)).not.toContain(state)
    }
    expect(server.logLines.join('\n')).not.toMatch(/canary|s3cret|refresh-|token-\d/)
    expect(server.logLines.join('\n')).not.toContain(state)
  })
})
