import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConsoleUnderTest,
  navigate,
  type OpenPage,
  ORIENTATION_RULE,
  settle,
  startConsole,
} from '../support/console.ts'
import { createContactsApi, createCredential, obtainToken } from '../support/issue.ts'
import { readText } from '../support/sources.ts'

// What every page of the console keeps, whatever is on it.

let under: ConsoleUnderTest
const ids: Record<string, string> = {}
/** The page that is led to one address after the other; that each can be loaded, too, a test below shows. */
let walked: OpenPage

beforeAll(async () => {
  under = await startConsole()
  const { server } = under
  const { id } = await createContactsApi(server)
  const used = await createCredential(server, { name: 'Zeus – billing sync', apiId: id })
  await obtainToken(server, used)
  const revoked = await createCredential(server, { name: 'Hera', apiId: id })
  await server.ask('POST', `/v1/credentials/${revoked.id}/revoke`, { body: { reason: 'Leaked' } })
  const members = await server.ask('GET', '/v1/members')
  const integration = await server.ask('POST', '/v1/integrations', {
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
    await server.ask('PUT', path, { body: { auth } })
  }
  Object.assign(ids, {
    integration: integration.body.id,
    organization: server.operatorId,
    api: id,
    credential: used.id,
    revoked: revoked.id,
    member: members.body.data[0].id,
  })
  walked = await under.open()
})
afterAll(() => under.close())

// Six looks at a page, each of which axe takes apart.
const PATIENCE_MS = 120_000

/** Every page and every dialog, by its address; `{name}` is an id that the tests made. */
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
  '/integrations/{integration}?dialog=values&target={organization}',
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

// The extremes first: what is visible in between is mostly visible on one of them.
const widths = [1280, 320, 768]

/** Rules of axe whose result follows from the width alone, where the same elements are visible. */
const layoutRules = ['target-size', 'scrollable-region-focusable']

function fill(address: string): string {
  return address.replaceAll(/\{(\w+)\}/g, (_match, name: string) => ids[name] ?? name)
}

/** The elements that all of axe has seen, on any page and width. */
const checked = new Set<string>()

/**
 * Axe finds nothing, and nothing has to be scrolled sideways, on every width and in both looks. All of axe runs on the first
 * width, and on each other on which an element is visible that it has not seen; rules that depend on the width alone run on
 * every one.
 */
async function checkLooks(page: Page): Promise<void> {
  const widthsWithNew: number[] = []
  for (const width of widths) {
    await resize(page, width)
    const visible = await visibleElements(page)
    const hasNew = width === widths[0] || visible.some((element) => !checked.has(element))
    await under.checkAxe(page, hasNew ? undefined : layoutRules)
    if (hasNew) widthsWithNew.push(width)
    for (const element of visible) checked.add(element)
  }
  // By night nothing but the colours is another.
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const width of widthsWithNew.toReversed()) {
    await resize(page, width)
    await under.checkAxe(page, ['color-contrast'])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function resize(page: Page, width: number): Promise<void> {
  if (page.viewportSize()?.width !== width) await page.setViewportSize({ width, height: 900 })
  await settle(page)
  // What follows the width by script does so a moment later.
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth), {
      message: `${page.url()}, ${width} pixels wide`,
    })
    .toBe(width)
}

/** The visible elements, by tag, class and text. */
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
    '%s is accessible, light and dark, on 320, 768 and 1280 pixels',
    async (to) => {
      const { page, complaints, requested } = walked
      complaints.splice(0)
      requested.splice(0)
      await navigate(page, fill(to))
      await checkLooks(page)
      const { origin } = new URL(under.server.url)
      expect(requested.filter((url) => new URL(url).origin !== origin)).toEqual([])
      expect(complaints).toEqual([])
    },
  )

  it.each(publicAddresses)('%s is, too, with nobody signed in', async (to) => {
    const { page, complaints, close } = await under.open(to, { as: null })
    await checkLooks(page)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('the table of addresses', () => {
  it('has every page of the router: a new one cannot be forgotten', () => {
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
  it('is served under a policy without unsafe-inline, never kept, with a number of its own', async () => {
    const get = async () => fetch(under.server.url, { headers: { accept: 'text/html' } })
    const [first, second] = await Promise.all([get(), get()])
    const policy = first.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toBe(second.headers.get('content-security-policy'))
    expect(first.headers.get('cache-control')).toBe('no-store')
  })

  it('is one in the longest language, too', async () => {
    const { page, complaints, close } = await under.open('/', { locale: 'en-XA', width: 320 })
    for (const address of addresses) {
      await page.goto(fill(address))
      await settle(page)
      const scrolled = await page.evaluate(() => document.documentElement.scrollWidth)
      expect([address, scrolled]).toEqual([address, 320])
      // Whatever comes from a catalogue is in brackets there; the headings all do, but for names.
      expect(await page.locator('main').first().textContent()).toContain('⟦')
    }
    expect(complaints).toEqual([])
    await close()
  })

  it('can be read upright and lying', async () => {
    const { page, close } = await under.open('/')
    await under.checkAxe(page, [ORIENTATION_RULE])
    await close()
  })

  it('shows where one is when the system chooses the colours', async () => {
    const { page, close } = await under.open('/credentials', { forcedColors: true })
    await page.keyboard.press('Tab')
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    )
    expect(outline).not.toBe('none')
    await close()
  })

  it('is behind its address: opened anew, and after Back', async () => {
    const { page, close } = await under.open('/')
    await page.getByRole('link', { name: 'Audit log' }).first().click()
    await page.waitForURL('**/audit')
    await page.reload()
    await settle(page)
    expect(await page.locator('h1').textContent()).toBe('Audit log')
    await page.goBack()
    await page.waitForURL(`${under.server.url}/`)
    await close()
  })
})

describe('nobody signed in', () => {
  it('is asked to sign in, and is then where they wanted to go', async () => {
    const { page, close } = await under.open('/audit', { as: null })
    await page.waitForURL('**/sign-in?next=%2Faudit')
    await page.getByLabel('E-mail').fill(under.server.admin.email)
    await page.getByLabel('Password', { exact: true }).fill('wrong, and long enough')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Incorrect e-mail or password.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(under.server.admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/audit')
    await close()
  })

  it.each(['https://evil.example/', '/.//evil.example/'])(
    'is not led to another site by an address that someone else wrote: %s',
    async (next) => {
      const address = `/sign-in?next=${encodeURIComponent(next)}`
      const { page, requested, close } = await under.open(address, { as: null })
      await page.getByLabel('E-mail').fill(under.server.admin.email)
      await page.getByLabel('Password', { exact: true }).fill(under.server.admin.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL((url) => url.pathname !== '/sign-in')
      expect(new URL(page.url()).origin).toBe(under.server.url)
      expect(
        requested.filter(
          (url) => url.includes('//evil.example') && !url.startsWith(under.server.url),
        ),
      ).toEqual([])
      await close()
    },
  )
})
