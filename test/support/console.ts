import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserPrograms } from '../../scripts/system-packages.mjs'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'
import { readText } from './sources.ts'
import { findProgram } from './system-packages.ts'

/** Options of a page. */
export type PageOptions = {
  /** CSS pixels. Default: 1280. */
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  /** The member who is signed in. Default: the administrator. Null: no session. */
  readonly as?: { readonly email: string; readonly password: string } | null
  readonly timeZone?: string
  /** The language of the console. `en-XA` is pseudo-English, 40 % longer than English. */
  readonly locale?: 'en' | 'en-XA'
  /**
   * Whether the reader prefers reduced motion. Default: true, because animations keep the machine
   * busy.
   */
  readonly reducedMotion?: boolean
  readonly forcedColors?: boolean
  /** Another origin than the server's own, such as `http://keyporter.test:8080`. */
  readonly baseUrl?: string
  /**
   * Opens the page in the browser context of this page, with its session, settings and cache. Much
   * faster than a new session.
   */
  readonly inContextOf?: OpenPage
}

/** An open page, its errors and its requests. */
export type OpenPage = {
  readonly page: Page
  readonly context: BrowserContext
  /**
   * Errors in the page's console, uncaught errors, and violations of the content security policy.
   */
  readonly pageErrors: string[]
  /** Every URL that the page requested. */
  readonly requestedUrls: string[]
  readonly close: () => Promise<void>
}

/** The built console on a server in the test's process, and a browser. */
export type ConsoleUnderTest = {
  readonly server: TestServer
  /**
   * Opens a page in its own session. Without options the page uses the administrator's session,
   * which is faster.
   */
  readonly open: (path?: string, options?: PageOptions) => Promise<OpenPage>
  /** Fails with every axe rule that the page breaks and the elements. Default: all rules. */
  readonly checkAxe: (page: Page, rules?: readonly string[]) => Promise<void>
  readonly close: () => Promise<void>
}

const consoleDirectory = fileURLToPath(
  new URL('../../packages/server/dist/console', import.meta.url),
)

// Disables the browser's own background requests: nothing leaves the machine.
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pages of one site share a renderer process, which has compiled the scripts already.
  '--process-per-site',
  // A name other than localhost: the browser does not treat HTTP there as a secure context.
  '--host-resolver-rules=MAP keyporter.test 127.0.0.1',
]

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The heading of the not-found page, in English. */
const NOT_FOUND_TITLE: string = JSON.parse(
  readText('packages/console/src/shell/messages.json'),
).notFoundTitle

/** The path of the browser that is installed on this machine. */
const browserPath = findProgram(...browserPrograms)

let launched: Promise<Browser> | undefined

/** One browser for each process. The browser ends with the process. */
function openBrowser(): Promise<Browser> {
  launched ??= chromium.launch({
    executablePath: browserPath,
    args: switches,
    env: {
      HOME: mkdtempSync(join(tmpdir(), 'keyporter-browser-')),
      PATH: process.env['PATH'] ?? '',
    },
  })
  return launched
}

/** Starts a server with the built console and the system clock. Opens its pages in a browser. */
export async function startConsole(options: TestServerOptions = {}): Promise<ConsoleUnderTest> {
  if (!existsSync(join(consoleDirectory, 'index.html'))) {
    throw new Error('The console is not built: run npm test, or node scripts/setup.mjs --bundle.')
  }
  const server = await startTestServer({
    fakeClock: false,
    ...options,
    overrides: { consoleDirectory, ...options.overrides },
  })
  const browser = await openBrowser()
  const contexts = new Set<BrowserContext>()
  let shared: Promise<BrowserContext> | undefined
  const openSession = async (given: PageOptions): Promise<BrowserContext> => {
    const baseURL = given.baseUrl ?? server.url
    const context = await browser.newContext({
      baseURL,
      viewport: { width: given.width ?? 1280, height: given.height ?? 900 },
      colorScheme: given.scheme ?? 'light',
      reducedMotion: given.reducedMotion === false ? 'no-preference' : 'reduce',
      ...(given.forcedColors === true ? { forcedColors: 'active' as const } : {}),
      ...(given.timeZone === undefined ? {} : { timezoneId: given.timeZone }),
    })
    contexts.add(context)
    if (given.locale !== undefined) {
      await context.addInitScript(
        (locale) => localStorage.setItem('keyporter.locale', locale),
        given.locale,
      )
    }
    if (given.as !== null) await signIn(context, { server, baseURL, who: given.as ?? server.admin })
    return context
  }
  return {
    server,
    open: async (path = '/', given) => {
      if (given?.inContextOf !== undefined) return openInContext(given.inContextOf.context, path)
      if (given === undefined) {
        shared ??= openSession({})
        return openInContext(await shared, path)
      }
      const context = await openSession(given)
      const page = await context.newPage()
      return { ...(await loadPage(page, path)), close: () => context.close() }
    },
    checkAxe,
    close: async () => {
      await Promise.all([...contexts].map((context) => context.close()))
      await server.close()
    },
  }
}

/** Loads an address into a page, and records the page's errors and requests from then on. */
async function loadPage(page: Page, path: string): Promise<Omit<OpenPage, 'close'>> {
  const watched = recordEvents(page)
  await page.goto(path)
  await waitUntilLoaded(page)
  return { page, context: page.context(), ...watched }
}

/**
 * Closed pages of a browser context. Reopening one takes a third of the time that a new page takes.
 */
const closedPages = new WeakMap<BrowserContext, Page[]>()

async function openInContext(context: BrowserContext, path: string): Promise<OpenPage> {
  const pages = closedPages.get(context) ?? []
  closedPages.set(context, pages)
  const page = pages.pop() ?? (await context.newPage())
  const viewport = page.viewportSize()
  return {
    ...(await loadPage(page, path)),
    close: async () => {
      page.removeAllListeners()
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      // A form with unsaved changes asks before the page is left.
      page.once('dialog', (dialog) => void dialog.accept())
      await page.evaluate(() =>
        [localStorage, sessionStorage].forEach((storage) => storage.clear()),
      )
      await page.goto('about:blank')
      await page.emulateMedia({ colorScheme: 'light' })
      if (viewport !== null) await page.setViewportSize(viewport)
      page.removeAllListeners()
      pages.push(page)
    },
  }
}

/**
 * Waits until no finite animation is running, because the contrast changes during a color
 * transition.
 */
async function waitForAnimations(): Promise<void> {
  const running = () =>
    document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations !== Infinity)
      .map((animation) => animation.finished)
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  do {
    await Promise.allSettled(running())
    // Animations that a script starts after a change of theme or width begin in the following
    // frames.
    await nextFrame()
    await nextFrame()
  } while (running().length > 0)
}

/** The axe rule for CSS that locks the orientation. Runs only where a test names it. */
export const ORIENTATION_RULE = 'css-orientation-lock'

/** See {@link ConsoleUnderTest}. */
async function checkAxe(page: Page, rules?: readonly string[]): Promise<void> {
  // Once for each document: axe is half a megabyte.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
  await page.evaluate(waitForAnimations)
  const only: axe.RunOnly =
    rules === undefined ? { type: 'tag', values: axeTags } : { type: 'rule', values: [...rules] }
  const { violations } = await page.evaluate(
    // safe because axe's own source defines `globalThis.axe`; the import is not visible in the page
    (options) => (Reflect.get(globalThis, 'axe') as typeof axe).run(document, options),
    {
      runOnly: only,
      resultTypes: ['violations'],
      // Reading every style sheet costs as much as all other rules together, and only this rule
      // needs them.
      preload: rules?.includes(ORIENTATION_RULE) === true,
    } satisfies axe.RunOptions,
  )
  const faults = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
  }))
  expect(faults, `axe on ${page.url()}`).toEqual([])
}

const MISSING_PAGE = '/no-such-page'

/**
 * Navigates an open page as a link of the console does: the document and its scripts stay loaded,
 * which saves a second. Visits a missing page first, so that no element of the previous page is
 * taken for one of the next.
 */
export async function navigate(page: Page, address: string): Promise<void> {
  const title = page.locator('h1').first()
  await pushUrl(page, MISSING_PAGE)
  await title.filter({ hasText: NOT_FOUND_TITLE }).waitFor()
  if (address === MISSING_PAGE) return
  await pushUrl(page, address)
  await title.filter({ hasNotText: NOT_FOUND_TITLE }).waitFor()
  await waitUntilLoaded(page)
}

async function pushUrl(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, address)
}

/** Waits until the page is complete: the heading is visible, and nothing is loading. */
export async function waitUntilLoaded(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null)
}

type SignIn = {
  readonly server: TestServer
  readonly baseURL: string
  readonly who: { readonly email: string; readonly password: string }
}

/** Signs in through the API, and sets the cookie that a browser would receive. */
async function signIn(context: BrowserContext, { server, baseURL, who }: SignIn): Promise<void> {
  const { email, password } = who
  const response = await server.send('POST', '/v1/sessions', {
    as: null,
    body: { email, password },
  })
  expect(response.status).toBe(201)
  const [pair = ''] = (response.headers.getSetCookie()[0] ?? '').split(';')
  const [name = '', value = ''] = pair.split('=')
  await context.addCookies([{ name, value, url: baseURL, httpOnly: true, sameSite: 'Lax' }])
}

function recordEvents(page: Page): Pick<OpenPage, 'pageErrors' | 'requestedUrls'> {
  const pageErrors: string[] = []
  const requestedUrls: string[] = []
  page.on('pageerror', (error) => pageErrors.push(error.message))
  page.on('request', (request) => requestedUrls.push(request.url()))
  page.on('console', (message) => {
    // Browsers log each response with a status from 400 as an error. Tests expect such responses.
    const isFailedRequest = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isFailedRequest) pageErrors.push(message.text())
  })
  return { pageErrors, requestedUrls }
}
