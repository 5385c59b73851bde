import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticationTypes } from '../support/authentication-types.ts'
import { type ConsoleUnderTest, navigate, startConsole } from '../support/console.ts'
import { type Received, startUpstream, type Upstream } from '../support/upstream.ts'

// Every authentication type in the built console: created in the editor, tested, opened and copied. The upstream accepts a
// request only if it is authenticated as the type requires.

const PATIENCE_MS = 120_000

/** The input for a type: its fields by label, and the check of the upstream. */
type Row = {
  readonly settings?: Readonly<Record<string, string>>
  readonly choices?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Whether a field is hidden under the advanced settings. */
  readonly hasAdvanced?: boolean
  readonly needsConsent?: boolean
  readonly isAuthentic: (received: Received) => boolean
}

let web: ConsoleUnderTest
let upstream: Upstream
let isAuthentic: Row['isAuthentic'] = () => false

beforeAll(async () => {
  upstream = await startUpstream()
  upstream.respondWith((response, received) => {
    const { pathname, searchParams } = new URL(received.url, upstream.origin)
    if (pathname === '/authorize') {
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = `${new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '' })}`
      response.writeHead(302, { location: back.href }).end()
      return
    }
    const isToken = pathname === '/token' || pathname === '/login'
    const status = isToken || isAuthentic(received) ? 200 : 401
    const body = isToken ? { access_token: 'granted', token_type: 'Bearer', expires_in: 3600 } : {}
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  web = await startConsole({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
})
afterAll(async () => {
  await web.close()
  await upstream.close()
})

const hasGrantedToken: Row['isAuthentic'] = ({ headers }) =>
  headers['authorization']?.join() === 'Bearer granted'

/** The rows, by the name of the type. A function, because the URLs are known once the upstream runs. */
const rows = (): Readonly<Record<string, Row>> => ({
  'No authentication': { isAuthentic: authenticationTypes.none.isAuthentic },
  'API key': {
    settings: { Name: 'X-Api-Key' },
    secrets: { Value: authenticationTypes['api_key in a header'].values.value },
    choices: { 'Send in': 'header' },
    isAuthentic: authenticationTypes['api_key in a header'].isAuthentic,
  },
  Headers: {
    headers: authenticationTypes.headers.values.entries.map(({ name, value }) => [name, value]),
    isAuthentic: authenticationTypes.headers.isAuthentic,
  },
  Basic: {
    settings: { Username: authenticationTypes.basic.settings.username },
    secrets: { Password: authenticationTypes.basic.values.password },
    isAuthentic: authenticationTypes.basic.isAuthentic,
  },
  Bearer: {
    settings: { Prefix: 'Token', Header: 'X-Auth' },
    secrets: { Token: authenticationTypes['bearer in another header'].values.token },
    hasAdvanced: true,
    isAuthentic: authenticationTypes['bearer in another header'].isAuthentic,
  },
  AWS: {
    settings: {
      'Access key ID': authenticationTypes.aws_sigv4.settings.accessKeyId,
      Region: authenticationTypes.aws_sigv4.settings.region,
      Service: authenticationTypes.aws_sigv4.settings.service,
    },
    secrets: {
      'Secret access key': authenticationTypes.aws_sigv4.values.secretAccessKey,
      'Session token': authenticationTypes.aws_sigv4.values.sessionToken,
    },
    hasAdvanced: true,
    isAuthentic: authenticationTypes.aws_sigv4.isAuthentic,
  },
  HMAC: {
    settings: { 'Client ID': authenticationTypes['hmac_sha256, stripe'].settings.clientId },
    secrets: { 'Client secret': authenticationTypes['hmac_sha256, stripe'].values.clientSecret },
    choices: { Format: 'stripe' },
    isAuthentic: authenticationTypes['hmac_sha256, stripe'].isAuthentic,
  },
  Ed25519: {
    settings: {
      'Key ID': authenticationTypes.http_signature_ed25519.settings.keyId,
      'Signature agent': authenticationTypes.http_signature_ed25519.settings.signatureAgent,
    },
    secrets: { 'Private key': authenticationTypes.http_signature_ed25519.values.privateKey },
    hasAdvanced: true,
    isAuthentic: authenticationTypes.http_signature_ed25519.isAuthentic,
  },
  'OAuth 1.0a': {
    settings: {
      'Consumer key': authenticationTypes.oauth1.settings.consumerKey,
      'Access token': authenticationTypes.oauth1.settings.accessToken,
      Realm: authenticationTypes.oauth1.settings.realm,
    },
    secrets: {
      'Consumer secret': authenticationTypes.oauth1.values.consumerSecret,
      'Access token secret': authenticationTypes.oauth1.values.accessTokenSecret,
    },
    hasAdvanced: true,
    isAuthentic: authenticationTypes.oauth1.isAuthentic,
  },
  'client credentials': {
    settings: { 'Token URL': `${upstream.origin}/token`, 'Client ID': 'us', Scopes: 'read write' },
    secrets: { 'Client secret': 'hush-hush-0123' },
    isAuthentic: hasGrantedToken,
  },
  'authorization code': {
    settings: {
      'Authorization URL': `${upstream.origin}/authorize`,
      'Token URL': `${upstream.origin}/token`,
      'Client ID': 'us',
    },
    secrets: { 'Client secret': 'hush-hush-0123' },
    needsConsent: true,
    isAuthentic: hasGrantedToken,
  },
  'Login request': {
    settings: {
      'Login URL': `${upstream.origin}/login`,
      Username: 'ada',
      'Body template': '{"login": "{{username}}", "pass": "{{password}}"}',
      'Token location': '/access_token',
      'Lifetime in seconds': '600',
    },
    secrets: { Password: 'hush-hush-0123' },
    choices: { 'Body format': 'json', Method: 'POST' },
    hasAdvanced: true,
    isAuthentic: hasGrantedToken,
  },
})

const types = [
  'No authentication',
  'API key',
  'Headers',
  'Basic',
  'Bearer',
  'AWS',
  'HMAC',
  'Ed25519',
  'OAuth 1.0a',
  'client credentials',
  'authorization code',
  'Login request',
] as const

const modal = (page: Page) => page.locator('dialog:modal').last()
const panel = (page: Page) => page.getByRole('region', { name: 'Authentication' })

/** A field by its label, which may end in “(optional)”. */
const field = (page: Page, label: string) =>
  panel(page).getByLabel(new RegExp(`^${label}( \\(optional\\))?$`))

async function chooseType(page: Page, type: string): Promise<void> {
  const box = page.getByRole('combobox', { name: 'Authentication type' })
  await box.click()
  await box.fill(type)
  await page.locator('[role=option]').filter({ hasText: type }).first().waitFor()
  await page.keyboard.press('Enter')
}

async function showAll(page: Page, { hasAdvanced = false }: Row): Promise<void> {
  if (hasAdvanced) await panel(page).getByRole('button', { name: 'Show advanced settings' }).click()
}

async function fill(page: Page, row: Row): Promise<void> {
  for (const [label, value] of Object.entries(row.settings ?? {}))
    await field(page, label).fill(value)
  for (const [label, value] of Object.entries(row.choices ?? {}))
    await field(page, label).selectOption(value)
  for (const [label, value] of Object.entries(row.secrets ?? {}))
    await field(page, label).fill(value)
  for (const [index, [name, value]] of (row.headers ?? []).entries()) {
    await panel(page).getByRole('button', { name: 'Add header' }).click()
    const entry = panel(page)
      .getByRole('group', { name: /^Header/ })
      .nth(index)
    await entry.getByLabel('Name', { exact: true }).fill(name)
    await entry.getByLabel('Value', { exact: true }).fill(value)
  }
}

/** The settings that the open editor shows, by label. */
async function shownSettings(page: Page, row: Row): Promise<Record<string, string>> {
  const labels = Object.keys({ ...row.settings, ...row.choices })
  const shown = labels.map(async (label) => [label, await field(page, label).inputValue()])
  return Object.fromEntries(await Promise.all(shown))
}

/** Settings that belong to the connection, which are not copied. */
const ofConnection = [
  'Client ID',
  'Username',
  'Access key ID',
  'Key ID',
  'Consumer key',
  'Access token',
]

describe('an integration of each authentication type', { timeout: PATIENCE_MS }, () => {
  it.each(types)('%s: is created, tested, opened and copied', async (type) => {
    const row = rows()[type]
    if (row === undefined) throw new Error(`no row for ${type}`)
    isAuthentic = row.isAuthentic
    const { page, pageErrors, close } = await web.open('/integrations/new')
    await page.getByLabel('Name', { exact: true }).first().fill(`Of type ${type}`)
    await page.getByLabel('Base URL').fill(upstream.origin)
    await chooseType(page, type)
    await showAll(page, row)
    await fill(page, row)
    await page.getByRole('button', { name: 'Save without testing' }).click()
    await page.waitForURL(/\/integrations\/intg_\w+/)
    const id = /intg_\w+/.exec(page.url())?.[0] ?? ''
    await page.getByRole('heading', { level: 1, name: `Of type ${type}` }).waitFor()
    if (row.needsConsent === true) {
      await page.getByRole('button', { name: 'Connect', exact: true }).first().click()
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        modal(page).getByRole('button', { name: 'Connect' }).click(),
      ])
      await modal(page).getByText('Connected.').waitFor()
      if (!popup.isClosed()) await popup.close()
      await page.keyboard.press('Escape')
    }

    await page.getByRole('button', { name: 'Test connection' }).click()
    upstream.received.splice(0)
    await modal(page)
      .getByRole('button', { name: /^Run test/ })
      .click()
    await modal(page).getByRole('alert').filter({ hasText: 'The connection works' }).waitFor()
    expect(upstream.received.some(row.isAuthentic)).toBe(true)

    await navigate(page, `/integrations/${id}`)
    await page.getByRole('heading', { level: 1, name: `Of type ${type}` }).waitFor()
    await showAll(page, row)
    const expected = { ...row.settings, ...row.choices }
    expect(await shownSettings(page, row)).toEqual(expected)
    for (const label of Object.keys(row.secrets ?? {}))
      await panel(page)
        .getByRole('button', { name: `Replace ${label}` })
        .or(panel(page).getByRole('button', { name: `Replace ${label} (optional)` }))
        .waitFor()
    for (const [name] of row.headers ?? [])
      await panel(page)
        .getByRole('group', { name: `Header ${name}` })
        .waitFor()

    await navigate(page, `/integrations/new?from=${id}`)
    await page.getByText('Secrets are not copied').waitFor()
    await showAll(page, row)
    const copied = await shownSettings(page, row)
    const emptied = Object.keys(keep(expected, ofConnection)).map((label) => [label, ''])
    expect(copied).toEqual({ ...expected, ...Object.fromEntries(emptied) })
    await fill(page, { ...row, settings: keep(row.settings ?? {}, ofConnection), choices: {} })
    await page.getByRole('button', { name: 'Save without testing' }).click()
    await page.waitForURL((url) => url.pathname.includes('intg_') && !url.pathname.includes(id))
    await page.getByRole('heading', { level: 1, name: `Of type ${type} (copy)` }).waitFor()
    expect(pageErrors).toEqual([])
    await close()
  })
})

describe('a section of the editor that fails to render', { timeout: PATIENCE_MS }, () => {
  it.each([
    ['the fields of a type', 'bodyTemplate.help', 'Login request', 'https://api.example.com'],
    ['the panel around them', 'awsDetected', 'AWS', 'https://sqs.eu-central-1.amazonaws.com'],
  ])(
    '%s: is replaced by a notice, and the input in other sections is kept',
    async (_part, key, type, baseUrl) => {
      const { page, close } = await web.open('/')
      // Breaks a message, which the build check excludes: one that the build has not parsed.
      const isBroken = await breakMessage(page, key)
      await page.goto('/integrations/new')
      await page.getByLabel('Name', { exact: true }).first().fill('Typed before')
      await page.getByLabel('Base URL').fill(baseUrl)
      expect(isBroken()).toBe(true)
      await chooseType(page, type)
      await page.getByText('This section could not be displayed.').waitFor()
      await web.checkAxe(page)
      expect(await page.getByLabel('Name', { exact: true }).first().inputValue()).toBe(
        'Typed before',
      )
      expect(await page.getByLabel('Base URL').inputValue()).toBe(baseUrl)
      await page.getByLabel('Base URL').fill('https://api.example.com')
      if (type === 'AWS') await page.getByRole('button', { name: 'Try again' }).click()
      await chooseType(page, 'Basic')
      await page.getByText('This section could not be displayed.').waitFor({ state: 'detached' })
      await field(page, 'Username').fill('ada')
      await close()
    },
  )
})

/** Serves the scripts of a page with one parsed message replaced by its text; returns whether one was. */
async function breakMessage(page: Page, key: string): Promise<() => boolean> {
  let isBroken = false
  await page.route('**/assets/*.js', async (route) => {
    const response = await route.fetch()
    const script = await response.text()
    const name = key.replace('.', String.raw`\.`)
    // The message is a flat list of texts and arguments.
    const parsed = new RegExp(String.raw`("?${name}"?):\[[^\]]*\]`)
    isBroken ||= parsed.test(script)
    await route.fulfill({ response, body: script.replace(parsed, '$1:"{broken"') })
  })
  return () => isBroken
}

function keep(
  all: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
}
