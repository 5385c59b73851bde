import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

/** How a page is opened. */
export type PageOptions = {
  /** CSS pixels; 1280 unless given. */
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  /** Who is signed in: the administrator unless given; null for nobody. */
  readonly as?: { readonly email: string; readonly password: string } | null
  readonly timeZone?: string
  /** The console's language; `en-XA` is English that is plainly none, 40 % longer. */
  readonly locale?: 'en' | 'en-XA'
  readonly reducedMotion?: boolean
  readonly forcedColors?: boolean
  /** Another address than the server's own, such as `http://keyporter.test:8080`. */
  readonly baseUrl?: string
  /** Beside another page: with its session, its looks, and what it has in its cache. */
  readonly beside?: OpenPage
}

/** An open page, and what it did that a page of ours should not. */
export type OpenPage = {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors in the page's console, uncaught ones, and refusals of its content security policy. */
  readonly complaints: string[]
  /** Every address that was asked for. */
  readonly requested: string[]
  readonly close: () => Promise<void>
}

/** The built console on a server of the test's process, and a browser to look at it. */
export type ConsoleUnderTest = {
  readonly server: TestServer
  readonly open: (path?: string, options?: PageOptions) => Promise<OpenPage>
  /** Fails with every rule of axe that the page breaks, and where; all the rules unless some are named. */
  readonly checkAxe: (page: Page, rules?: readonly string[]) => Promise<void>
  readonly close: () => Promise<void>
}

const consoleDirectory = fileURLToPath(new URL('../../packages/console/dist', import.meta.url))

// What the browser would do of its own accord is switched off: nothing leaves the machine.
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The program of the browser: what the machine has. */
export const browserPath =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  ) ?? '/usr/bin/chromium'

/**
 * Starts a server with the built console, on the machine's own clock, and a browser with an empty profile.
 *
 * @param options of the server; `browserSwitches` are added to Chromium's own
 */
export async function startConsole(
  options: TestServerOptions & { readonly browserSwitches?: readonly string[] } = {},
): Promise<ConsoleUnderTest> {
  if (!existsSync(join(consoleDirectory, 'index.html'))) {
    throw new Error('The console is not built: run npm test, or node scripts/setup.mjs --bundle.')
  }
  const { browserSwitches = [], ...serverOptions } = options
  const server = await startTestServer({
    fakeClock: false,
    ...serverOptions,
    around: { consoleDirectory, ...serverOptions.around },
  })
  const profile = mkdtempSync(join(tmpdir(), 'keyporter-browser-'))
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: [...switches, ...browserSwitches],
    env: { HOME: profile, PATH: process.env['PATH'] ?? '' },
  })
  return {
    server,
    open: async (path = '/', given = {}) => {
      if (given.beside !== undefined) return openPage(given.beside.context, path, 'page')
      const baseURL = given.baseUrl ?? server.url
      const context = await browser.newContext({
        baseURL,
        viewport: { width: given.width ?? 1280, height: given.height ?? 900 },
        colorScheme: given.scheme ?? 'light',
        reducedMotion: given.reducedMotion === true ? 'reduce' : 'no-preference',
        ...(given.forcedColors === true ? { forcedColors: 'active' as const } : {}),
        ...(given.timeZone === undefined ? {} : { timezoneId: given.timeZone }),
      })
      if (given.locale !== undefined) {
        await context.addInitScript(
          (locale) => localStorage.setItem('keyporter.locale', locale),
          given.locale,
        )
      }
      if (given.as !== null)
        await signIn(context, { server, baseURL, who: given.as ?? server.admin })
      return openPage(context, path, 'context')
    },
    checkAxe,
    close: async () => {
      await browser.close()
      await server.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** Opens a page; closing it closes what was opened for it. */
async function openPage(
  context: BrowserContext,
  path: string,
  opened: 'page' | 'context',
): Promise<OpenPage> {
  const page = await context.newPage()
  const watched = watch(page)
  await page.goto(path)
  await settle(page)
  return { page, context, ...watched, close: () => (opened === 'page' ? page : context).close() }
}

/** See {@link ConsoleUnderTest}. */
async function checkAxe(page: Page, rules?: readonly string[]): Promise<void> {
  // Once for a page: axe is half a megabyte, and stays until another document is loaded.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  // A colour on its way from one look to the other has the contrast of neither.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ).then(() => undefined),
  )
  const only: axe.RunOnly =
    rules === undefined ? { type: 'tag', values: axeTags } : { type: 'rule', values: [...rules] }
  const { violations } = await page.evaluate(
    // safe because that is what axe's own source puts there; the name of the import is not known in the page
    (options) => (Reflect.get(globalThis, 'axe') as typeof axe).run(document, options),
    { runOnly: only, resultTypes: ['violations'] } satisfies axe.RunOptions,
  )
  const faults = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
  }))
  expect(faults, `axe on ${page.url()}`).toEqual([])
}

/** Waits until the page shows what it has to show: its heading stands, and nothing is being loaded. */
export async function settle(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null)
}

type SignIn = {
  readonly server: TestServer
  readonly baseURL: string
  readonly who: { readonly email: string; readonly password: string }
}

/** Through the API, with the cookie that a browser would get. */
async function signIn(context: BrowserContext, { server, baseURL, who }: SignIn): Promise<void> {
  const { email, password } = who
  const answer = await server.ask('POST', '/v1/sessions', { as: null, body: { email, password } })
  expect(answer.status).toBe(201)
  const [pair = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';')
  const [name = '', value = ''] = pair.split('=')
  await context.addCookies([{ name, value, url: baseURL, httpOnly: true, sameSite: 'Lax' }])
}

function watch(page: Page): Pick<OpenPage, 'complaints' | 'requested'> {
  const complaints: string[] = []
  const requested: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => requested.push(request.url()))
  page.on('console', (message) => {
    // An answer of 401 or 412 is an answer; browsers log every one of them.
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text())
  })
  return { complaints, requested }
}
