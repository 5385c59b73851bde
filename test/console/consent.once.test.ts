import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole } from '../support/console.ts'
import { askAt } from '../support/server.ts'
import { startTokenServer, type TokenServer, tokenBody } from '../support/token-server.ts'
import {
  askShared,
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  sharedConnection,
} from '../support/upstream-connection.ts'

// The way back from another site, in a browser that keeps the session's cookie to itself (SameSite=Strict).

let ui: ConsoleUnderTest
let upstream: TokenServer
let id = ''

beforeAll(async () => {
  upstream = await startTokenServer()
  ui = await startConsole({ env: LOOPBACK_ALLOWED })
  // Another site to the browser, and the same machine.
  const elsewhere = upstream.origin.replace('127.0.0.1', 'localhost')
  upstream.answer = ({ url }) => {
    if (url === '/token') return { body: tokenBody('t', { refresh_token: 'r' }) }
    const state = new URL(url, elsewhere).searchParams.get('state')
    const back = `${ui.server.url}/connect/callback?code=c&state=${state}`
    return {
      headers: { 'content-type': 'text/html' },
      body: `<!doctype html><title>Them</title><a href="${back}">Allow</a>`,
    }
  }
  id = await createUpstreamConnection(ui.server, {
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
  await ui.close()
  await upstream.close()
})

it('a member who comes back from another site is known, and the page that sent them is told', async () => {
  const { page, context, close } = await ui.open('/', { as: ui.server.admin })
  const [session] = await context.cookies()
  if (session === undefined) throw new Error('nobody is signed in')
  // As the server gives it, which a cookie that is put there by hand does not say.
  await context.addCookies([{ ...session, sameSite: 'Strict' }])
  const asMember = askAt(ui.server.url, null)
  const begun = await askShared({ ask: asMember }, id, 'authorize', {
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
  // It came without the cookie first, and once more from a page of our own.
  expect(there.url()).toContain('&again=1')
  expect(await told).toEqual({ outcome: 'connected', integrationId: id })
  await ui.checkAxe(there)
  expect(await sharedConnection(ui.server, id)).toMatchObject({ status: 'working' })
  await close()
}, 60_000)
