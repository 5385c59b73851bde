import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole, waitUntilLoaded } from '../support/console.ts'
import { createCredential, type IssuedCredential, requestToken } from '../support/credentials.ts'
import { invitePerson } from '../support/people.ts'

// The screenshots of README and guides. Time, people and IDs are fixed, so that a screenshot changes only if the page
// does.

const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url))
const NOW = '2027-03-01T12:00:00.000Z'
const DAY_MS = 86_400_000
const ada = { email: 'ada@acme.example', password: 'a long enough pass phrase' }

let web: ConsoleUnderTest
let zeus: IssuedCredential
let salesforce: string

/** A deterministic random source, so that IDs are equal in every run. */
function repeatable(): (byteCount: number) => Uint8Array {
  let drawn = 0
  return (byteCount) => {
    drawn += 1
    const blocks = Array.from({ length: Math.ceil(byteCount / 32) }, (_, index) =>
      createHash('sha256').update(`${drawn}/${index}`).digest(),
    )
    return new Uint8Array(Buffer.concat(blocks).subarray(0, byteCount))
  }
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  web = await startConsole({
    fakeClock: true,
    overrides: { random: repeatable() },
    env: {
      KEYPORTER_INIT_ORGANIZATION: 'Acme Shipping',
      KEYPORTER_INIT_ADMIN_EMAIL: ada.email,
      KEYPORTER_INIT_ADMIN_PASSWORD: ada.password,
    },
  })
  await createSampleData(web)
}, 120_000)
afterAll(() => web.close())

/** Creates sample data: credentials, a month of requests, and a leaked and revoked credential. */
async function createSampleData({ server }: ConsoleUnderTest): Promise<void> {
  const catalogue: object = JSON.parse(
    readFileSync(new URL('../../examples/sample-catalogue.json', import.meta.url), 'utf8'),
  )
  server.clock.setTo('2026-12-20T08:30:00.000Z')
  const api = await server.send('POST', '/v1/apis', { body: catalogue })
  expect(api.status).toBe(201)
  const issue = (name: string, body: object = {}) =>
    createCredential(server, { name, apiId: api.body.id, ...body })
  zeus = await issue('Zeus – billing sync', {
    notes: 'Runs in our billing cluster. Ask Grace before you change it.',
    permissions: ['CONTACT_READ', 'CONTACT_WRITE', 'MESSAGE_READ', 'TEAM_READ'],
    expiresAt: '2027-11-01T00:00:00.000Z',
  })
  const reporting = await issue('Reporting', {
    permissions: ['CONTACT_READ', 'EVENT_READ', 'DOCUMENT_READ'],
    expiresAt: '2027-03-09T12:00:00.000Z',
  })
  await issue('Warehouse scanner', { permissions: ['DOCUMENT_READ', 'MESSAGE_WRITE'] })
  const leaked = await issue('Partner portal', { permissions: 'all' })
  for (let day = 27; day >= 0; day -= 1) {
    server.clock.setTo(new Date(Date.parse(NOW) - day * DAY_MS).toISOString())
    for (let call = 0; call < 2 + ((day * 7) % 5); call += 1) {
      await useOnce(web, zeus, day % 9 === 0 && call === 0 ? 'DELETE' : 'GET')
    }
    if (day % 3 === 0) await useOnce(web, reporting, 'GET')
    if (day > 6) await useOnce(web, leaked, 'GET')
  }
  server.clock.setTo('2027-02-23T09:12:00.000Z')
  await server.send('POST', `/v1/credentials/${leaked.id}/revoke`, {
    body: { reason: 'Leaked in a public repository' },
  })
  await createIntegrations(web)
  server.clock.setTo('2027-03-01T11:40:00.000Z')
  await invitePerson(server, {
    name: 'Grace Hopper',
    email: 'grace@acme.example',
    privileges: ['credentials.view', 'credentials.manage', 'audit.view'],
  })
  server.clock.setTo(NOW)
  await server.flushUsage()
}

/** Creates integrations, one of them with organization-specific credentials. */
async function createIntegrations({ server }: ConsoleUnderTest): Promise<void> {
  server.clock.setTo('2027-02-24T10:05:00.000Z')
  const createIntegration = async (body: object): Promise<string> => {
    const response = await server.send('POST', '/v1/integrations', {
      body: { contentType: 'json', ...body },
    })
    expect(response.status).toBe(201)
    return response.body.id
  }
  const putConnection = (id: string, organization: string, auth: object) =>
    server.send('PUT', `/v1/integrations/${id}/connections/${organization}`, { body: { auth } })
  const kind = 'oauth2_client_credentials'
  salesforce = await createIntegration({
    name: 'Salesforce',
    notes: 'Orders of our customers. Grace knows their administrators.',
    baseUrl: 'https://acme.my.salesforce.com',
    organizationSpecific: true,
    auth: { kind, tokenUrl: 'https://acme.my.salesforce.com/services/oauth2/token' },
  })
  for (const name of ['Globex', 'Initech']) {
    const made = await server.send('POST', '/v1/organizations', { body: { name } })
    await putConnection(salesforce, made.body.id, {
      kind,
      clientId: name,
      clientSecret: 'hush, hush',
    })
  }
  const stripe = await createIntegration({
    name: 'Stripe',
    baseUrl: 'https://api.stripe.com',
    contentType: 'form',
    auth: { kind: 'bearer' },
  })
  await putConnection(stripe, 'shared', { kind: 'bearer', token: 'hush, hush' })
  await createIntegration({
    name: 'Customs declarations',
    baseUrl: 'https://customs.example.org/api/v3',
    contentType: 'xml',
    auth: { kind: 'hmac_sha256', scheme: 'rfc9421' },
  })
}

async function useOnce(
  { server }: ConsoleUnderTest,
  pair: IssuedCredential,
  method: string,
): Promise<void> {
  const token = await requestToken(server, pair)
  const body = { token, method, path: '/v1/contacts/42' }
  expect((await server.send('POST', '/v1/verify', { body })).status).toBe(200)
}

/** Takes a screenshot, with the random port of the server replaced by a realistic URL. */
async function take(page: Page, name: string): Promise<void> {
  await waitUntilLoaded(page)
  await page.evaluate((host) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const { currentNode: node } = walker
      node.nodeValue = (node.nodeValue ?? '').replaceAll(host, 'https://keys.acme.example')
    }
  }, web.server.url)
  await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled', caret: 'hide' })
}

async function open(path: string, scheme: 'light' | 'dark' = 'light') {
  const opened = await web.open('/account', { as: ada, scheme, timeZone: 'UTC', height: 800 })
  await opened.page.clock.setFixedTime(NOW)
  await opened.page.goto(path)
  return opened
}

describe('a screenshot', { timeout: 120_000 }, () => {
  it.each([
    ['overview', '/'],
    ['credentials', '/credentials?status=all'],
    ['new-credential', '/credentials/new?name=Billing+sync&permissions=CONTACT_READ,CONTACT_WRITE'],
    ['integrations', '/integrations'],
    ['audit', '/audit'],
    ['members', '/members'],
    ['catalogue', '/apis'],
  ])('%s', async (name, path) => {
    const { page, pageErrors, close } = await open(path)
    await take(page, name)
    expect(pageErrors).toEqual([])
    await close()
  })

  it('credential, usage and revoke dialog', async () => {
    const { page, close } = await open(`/credentials/${zeus.id}`)
    await take(page, 'credential')
    await page.goto(`/credentials/${zeus.id}/usage?range=30d`)
    await take(page, 'usage')
    await page.goto(`/credentials/${zeus.id}?dialog=revoke`)
    await page.getByRole('alertdialog').waitFor()
    await take(page, 'revoke')
    await close()
  })

  it('integration', async () => {
    const { page, close } = await open(`/integrations/${salesforce}`)
    await take(page, 'integration')
    await close()
  })

  it('the list in dark mode', async () => {
    const { page, close } = await open('/credentials', 'dark')
    await take(page, 'credentials-dark')
    await close()
  })
})
