import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole } from '../support/console.ts'
import { sendTo } from '../support/server.ts'
import { startTokenServer, type TokenServer, tokenBody } from '../support/token-server.ts'
import {
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  requestSharedConnection,
  sharedConnection,
} from '../support/upstream-connection.ts'

// The OAuth callback in a browser that withholds the SameSite=Strict session cookie on cross-site navigation.

let web: ConsoleUnderTest
let upstream: TokenServer
let id = ''

beforeAll(async () => {
  upstream = await startTokenServer()
  web = await startConsole({ env: LOOPBACK_ALLOWED })
  // `localhost` is another site to the browser than 127.0.0.1.
  const elsewhere = upstream.origin.replace('127.0.0.1', 'localhost')
  upstream.respond = ({ url }) => {
    if (url === '/token') return { body: tokenBody('t', { refresh_token: 'r' }) }
    const state = new URL(url, elsewhere).searchParams.get('state')
    const back = `${web.server.url}/connect/callback?code=c&state=${state}`
    return {
      headers: { 'content-type': 'text/html' },
      body: `<!doctype html><title>Provider</title><a href="${back}">Allow</a>`,
    }
  }
  id = await createUpstreamConnection(web.server, {
    auth: {
      kind: 'oauth2_authorization_code',
      authorizationUrl: `${elsewhere}/authorize`,
      tokenUrl: `${upstream.origin}/token`,
      clientId: 'us',
    },
    secrets: { clientSecret: 's3cret' },
  })
}, 60_000)
afterAll(async () => {
  await web.close()
  await upstream.close()
})

it('the callback recognizes the member after a cross-site redirect and notifies the page that started it', async () => {
  const { page, context, close } = await web.open('/', { as: web.server.admin })
  const [session] = await context.cookies()
  if (session === undefined) throw new Error('no session cookie')
  // SameSite=Strict, as the server sets it; Playwright's copy of the cookie lacks it.
  await context.addCookies([{ ...session, sameSite: 'Strict' }])
  const asMember = sendTo(web.server.url, null)
  const begun = await requestSharedConnection({ send: asMember }, id, 'authorize', {
    cookie: `${session.name}=${session.value}`,
  })
  const told = page.evaluate(
    () =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel('keyporter-connect')
        channel.addEventListener('message', ({ data }) => resolve(data), { once: true })
      }),
  )
  const there = await context.newPage()
  await there.goto(begun.body.url)
  await there.getByRole('link', { name: 'Allow' }).click()
  await there.getByRole('heading', { name: 'Connected' }).waitFor()
  // The first request lacked the cookie; the callback page repeated it as a same-site request.
  expect(there.url()).toContain('&again=1')
  expect(await told).toEqual({ outcome: 'connected', integrationId: id })
  await web.checkAxe(there)
  expect(await sharedConnection(web.server, id)).toMatchObject({ status: 'working' })
  await close()
}, 60_000)
