import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConsoleUnderTest,
  navigate,
  type OpenPage,
  ORIENTATION_RULE,
  startConsole,
  waitUntilLoaded,
} from '../support/console.ts'
import { createContactsApi, createCredential, requestToken } from '../support/credentials.ts'
import { readText } from '../support/sources.ts'

// Guarantees of every console page: accessibility, layout, content security policy and URLs.

let web: ConsoleUnderTest
const ids: Record<string, string> = {}
/** One page that visits every URL by client-side navigation. A test below loads each URL directly. */
let visited: OpenPage

beforeAll(async () => {
  web = await startConsole()
  const { server } = web
  const { id } = await createContactsApi(server)
  const used = await createCredential(server, { name: 'Zeus – billing sync', apiId: id })
  await requestToken(server, used)
  const revoked = await createCredential(server, { name: 'Hera', apiId: id })
  await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'Leaked' } })
  const members = await server.send('GET', '/v1/members')
  const integration = await server.send('POST', '/v1/integrations', {
    body: {
      name: 'Calendar',
      baseUrl: 'https://calendar.example.com',
      contentType: 'json',
      organizationSpecific: true,
      sharedFallback: true,
      headers: [{ name: 'X-Request-Source', value: 'acme' }],
      auth: {
        kind: 'oauth2_authorization_code',
        authorizationUrl: 'https://login.example.com/authorize',
        tokenUrl: 'https://login.example.com/token',
      },
    },
  })
  const auth = { kind: 'oauth2_authorization_code', clientId: 'acme', clientSecret: 'hush, hush' }
  for (const organization of ['shared', server.operatorId]) {
    const path = `/v1/integrations/${integration.body.id}/connections/${organization}`
    await server.send('PUT', path, { body: { auth } })
  }
  Object.assign(ids, {
    integration: integration.body.id,
    organization: server.operatorId,
    api: id,
    credential: used.id,
    revoked: revoked.id,
    member: members.body.data[0].id,
  })
  visited = await web.open()
})
afterAll(() => web.close())

// Up to six axe runs for each page.
const PATIENCE_MS = 120_000

/** The URLs of all pages and dialogs; `{name}` is the id of a test object. */
const addresses = [
  '/',
  '/credentials',
  '/credentials?q=nothing-is-called-this',
  '/credentials?environment=test',
  '/credentials?dialog=revoke&target={credential}',
  '/credentials/new',
  '/credentials/{credential}',
  '/credentials/{credential}?dialog=revoke',
  '/credentials/{credential}?dialog=expiry',
  '/credentials/{credential}/permissions',
  '/credentials/{credential}/usage',
  '/credentials/{credential}/audit',
  '/credentials/{credential}/setup',
  '/credentials/{revoked}',
  '/integrations',
  '/integrations?dialog=templates',
  '/integrations?dialog=delete&target={integration}',
  '/integrations/new?template=microsoft-graph',
  '/integrations/{integration}',
  '/integrations/{integration}?dialog=test',
  '/integrations/{integration}?dialog=credentials&target={organization}',
  '/integrations/{integration}?dialog=connect&target=shared',
  '/audit',
  '/apis',
  '/apis/new',
  '/apis/import',
  '/apis/{api}',
  '/apis/{api}?tab=operations',
  '/apis/{api}?tab=operations&dialog=operation',
  '/apis/{api}?tab=settings',
  '/members',
  '/members?dialog=invite',
  '/members/{member}',
  '/members/{member}?dialog=rename',
  '/organizations',
  '/organizations?dialog=new',
  '/settings',
  '/settings/policy',
  '/settings/signing-keys',
  '/settings/signing-keys?dialog=rotate',
  '/account',
  '/account/security',
  '/account/security?dialog=set-up-two-factor',
  '/account/sessions',
  '/no-such-page',
]
const publicAddresses = ['/sign-in', '/setup', '/join', '/join#code=0000']

// The extremes first: most elements that are visible at 768 pixels are visible at one of them.
const widths = [1280, 320, 768]

/** Axe rules whose result depends on the width, even for elements checked before. */
const layoutRules = ['target-size', 'scrollable-region-focusable']

function fill(address: string): string {
  return address.replaceAll(/\{(\w+)\}/g, (_match, name: string) => ids[name] ?? name)
}

/** The elements that all axe rules have checked, on any page and width. */
const checked = new Set<string>()

/**
 * Checks that axe finds no violations and that no horizontal scrolling is needed, at every width and in both color schemes.
 * All axe rules run at the first width, and at another width if it shows unchecked elements. The layout rules run at every
 * width.
 */
async function checkLooks(page: Page): Promise<void> {
  const widthsWithNew: number[] = []
  for (const width of widths) {
    await resize(page, width)
    const visible = await visibleElements(page)
    const hasNew = width === widths[0] || visible.some((element) => !checked.has(element))
    await web.checkAxe(page, hasNew ? undefined : layoutRules)
    if (hasNew) widthsWithNew.push(width)
    for (const element of visible) checked.add(element)
  }
  // The dark scheme only changes colors.
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const width of widthsWithNew.toReversed()) {
    await resize(page, width)
    await web.checkAxe(page, ['color-contrast'])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function resize(page: Page, width: number): Promise<void> {
  if (page.viewportSize()?.width !== width) await page.setViewportSize({ width, height: 900 })
  await waitUntilLoaded(page)
  // Scripts that depend on the width run asynchronously.
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth), {
      message: `${page.url()}, ${width} pixels wide`,
    })
    .toBe(width)
}

/** Returns the visible elements by tag, class and text. */
async function visibleElements(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.body.querySelectorAll('*')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .map((element) => {
        const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
        const text = own.map((node) => node.textContent).join('')
        return `${element.tagName} ${element.getAttribute('class') ?? ''} ${text}`
      }),
  )
}

describe('a page', { timeout: PATIENCE_MS }, () => {
  it.each(addresses)(
    '%s is accessible, light and dark, at 320, 768 and 1280 pixels',
    async (to) => {
      const { page, pageErrors, requestedUrls } = visited
      pageErrors.splice(0)
      requestedUrls.splice(0)
      await navigate(page, fill(to))
      await checkLooks(page)
      const { origin } = new URL(web.server.url)
      expect(requestedUrls.filter((url) => new URL(url).origin !== origin)).toEqual([])
      expect(pageErrors).toEqual([])
    },
  )

  it.each(publicAddresses)('%s is accessible without a session', async (to) => {
    const { page, pageErrors, close } = await web.open(to, { as: null })
    await checkLooks(page)
    expect(pageErrors).toEqual([])
    await close()
  })
})

describe('the table of URLs', () => {
  it('contains every page of the router', () => {
    const router = readText('packages/console/src/router.tsx')
    const paths = [...router.matchAll(/(?:page\(\s*|path: )'(\/[^']*)'/g)].map(
      ([, path = '']) => path,
    )
    expect(paths.length).toBeGreaterThan(15)
    const shapes = [...addresses, ...publicAddresses].map(
      (address) => address.split(/[?#]/, 1)[0] ?? '',
    )
    const isThere = (path: string): boolean => {
      const pattern = path.replaceAll(/\/\{-\$\w+\}/g, '(/[^/]+)?').replaceAll(/\$\w+/g, '[^/]+')
      return shapes.some((shape) => new RegExp(`^${pattern}$`).test(shape))
    }
    expect(paths.filter((path) => !isThere(path))).toEqual([])
  })
})

describe('every page', { timeout: PATIENCE_MS }, () => {
  it('is served with a content security policy with a fresh nonce, without unsafe-inline, and with no-store', async () => {
    const get = async () => fetch(web.server.url, { headers: { accept: 'text/html' } })
    const [first, second] = await Promise.all([get(), get()])
    const policy = first.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toBe(second.headers.get('content-security-policy'))
    expect(first.headers.get('cache-control')).toBe('no-store')
  })

  it('has no horizontal scrolling at 320 pixels with 40 % longer texts', async () => {
    const { page, pageErrors, close } = await web.open('/', { locale: 'en-XA', width: 320 })
    for (const address of addresses) {
      await page.goto(fill(address))
      await waitUntilLoaded(page)
      const scrolled = await page.evaluate(() => document.documentElement.scrollWidth)
      expect([address, scrolled]).toEqual([address, 320])
      // The pseudo-locale puts every catalogue text in brackets.
      expect(await page.locator('main').first().textContent()).toContain('⟦')
    }
    expect(pageErrors).toEqual([])
    await close()
  })

  it('works in portrait and landscape', async () => {
    const { page, close } = await web.open('/')
    await web.checkAxe(page, [ORIENTATION_RULE])
    await close()
  })

  it('shows the focus in forced-colors mode', async () => {
    const { page, close } = await web.open('/credentials', { forcedColors: true })
    await page.keyboard.press('Tab')
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    )
    expect(outline).not.toBe('none')
    await close()
  })

  it('can be reloaded and restored with Back', async () => {
    const { page, close } = await web.open('/')
    await page.getByRole('link', { name: 'Audit log' }).first().click()
    await page.waitForURL('**/audit')
    await page.reload()
    await waitUntilLoaded(page)
    expect(await page.locator('h1').textContent()).toBe('Audit log')
    await page.goBack()
    await page.waitForURL(`${web.server.url}/`)
    await close()
  })
})

describe('a visitor without a session', () => {
  it('is asked to sign in and then redirected to the requested page', async () => {
    const { page, close } = await web.open('/audit', { as: null })
    await page.waitForURL('**/sign-in?next=%2Faudit')
    await page.getByLabel('E-mail').fill(web.server.admin.email)
    await page.getByLabel('Password', { exact: true }).fill('wrong, and long enough')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Incorrect e-mail or password.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(web.server.admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/audit')
    await close()
  })

  it.each(['https://evil.example/', '/.//evil.example/'])(
    'is never redirected to another site: %s',
    async (next) => {
      const address = `/sign-in?next=${encodeURIComponent(next)}`
      const { page, requestedUrls, close } = await web.open(address, { as: null })
      await page.getByLabel('E-mail').fill(web.server.admin.email)
      await page.getByLabel('Password', { exact: true }).fill(web.server.admin.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL((url) => url.pathname !== '/sign-in')
      expect(new URL(page.url()).origin).toBe(web.server.url)
      expect(
        requestedUrls.filter(
          (url) => url.includes('//evil.example') && !url.startsWith(web.server.url),
        ),
      ).toEqual([])
      await close()
    },
  )
})
