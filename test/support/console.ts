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
import { findProgram } from './system.ts'

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
  /** Whether the reader wants to see no motion: so unless given, because a page that moves keeps the machine busy. */
  readonly reducedMotion?: boolean
  readonly forcedColors?: boolean
  /** Another address than the server's own, such as `http://keyporter.test:8080`. */
  readonly baseUrl?: string
  /** Beside another page: with its session, its looks, and what it has in its cache. Much faster than a new session. */
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
  /** A page in a session of its own; without options, one in the administrator's, which is faster. */
  readonly open: (path?: string, options?: PageOptions) => Promise<OpenPage>
  /** Fails with every rule of axe that the page breaks, and where; all the rules unless some are named. */
  readonly checkAxe: (page: Page, rules?: readonly string[]) => Promise<void>
  readonly close: () => Promise<void>
}

const consoleDirectory = fileURLToPath(
  new URL('../../packages/server/dist/console', import.meta.url),
)

// What the browser would do of its own accord is switched off: nothing leaves the machine.
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page of a site runs in the process of the one before it, which has the scripts compiled already.
  '--process-per-site',
  // A name that is not the loopback's: to the browser, http there is not secure.
  '--host-resolver-rules=MAP keyporter.test 127.0.0.1',
]

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The heading of the page for addresses that lead nowhere, in English. */
const NOT_FOUND_TITLE: string = JSON.parse(
  readText('packages/console/src/shell/messages.json'),
).notFoundTitle

/** The program of the browser: what the machine has. */
const browserPath = findProgram(...browserPrograms)

let launched: Promise<Browser> | undefined

/** The one browser of this process, which the process ends when it ends itself. */
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

/** Starts a server with the built console, on the machine's own clock, and offers pages of it in a browser. */
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
      if (given?.beside !== undefined) return openBeside(given.beside.context, path)
      if (given === undefined) {
        shared ??= openSession({})
        return openBeside(await shared, path)
      }
      const context = await openSession(given)
      const page = await context.newPage()
      return { ...(await show(page, path)), close: () => context.close() }
    },
    checkAxe,
    close: async () => {
      await Promise.all([...contexts].map((context) => context.close()))
      await server.close()
    },
  }
}

/** Loads an address into a page, and records what the page does from then on. */
async function show(page: Page, path: string): Promise<Omit<OpenPage, 'close'>> {
  const watched = watch(page)
  await page.goto(path)
  await settle(page)
  return { page, context: page.context(), ...watched }
}

/** Pages that were opened beside another and closed: opened again, they cost a third of a new one. */
const idle = new WeakMap<BrowserContext, Page[]>()

async function openBeside(context: BrowserContext, path: string): Promise<OpenPage> {
  const pages = idle.get(context) ?? []
  idle.set(context, pages)
  const page = pages.pop() ?? (await context.newPage())
  const viewport = page.viewportSize()
  return {
    ...(await show(page, path)),
    close: async () => {
      page.removeAllListeners()
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      // A form that was not saved asks before it is left.
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

/** Waits until no animation that ends is running: a colour on its way to another has the contrast of neither. */
async function waitForRest(): Promise<void> {
  const running = () =>
    document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations !== Infinity)
      .map((animation) => animation.finished)
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  do {
    await Promise.allSettled(running())
    // What a script changes after a change of looks or of width begins in the frames after it.
    await nextFrame()
    await nextFrame()
  } while (running().length > 0)
}

/** The rule of axe about style sheets that turn a page: it runs only where it is named. */
export const ORIENTATION_RULE = 'css-orientation-lock'

/** See {@link ConsoleUnderTest}. */
async function checkAxe(page: Page, rules?: readonly string[]): Promise<void> {
  // Once for a document: axe is half a megabyte.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
  await page.evaluate(waitForRest)
  const only: axe.RunOnly =
    rules === undefined ? { type: 'tag', values: axeTags } : { type: 'rule', values: [...rules] }
  const { violations } = await page.evaluate(
    // safe because that is what axe's own source puts there; the name of the import is not known in the page
    (options) => (Reflect.get(globalThis, 'axe') as typeof axe).run(document, options),
    {
      runOnly: only,
      resultTypes: ['violations'],
      // To read every style sheet costs as much as all other rules together; one rule needs it.
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

const NOWHERE = '/no-such-page'

/**
 * Leads an open page to another address as a link of the console does: the document stays, and with it the scripts, which
 * take a second to load. By way of an address that leads nowhere, so that no part of the page before is taken for one of
 * the page after.
 */
export async function navigate(page: Page, address: string): Promise<void> {
  const title = page.locator('h1').first()
  await go(page, NOWHERE)
  await title.filter({ hasText: NOT_FOUND_TITLE }).waitFor()
  if (address === NOWHERE) return
  await go(page, address)
  await title.filter({ hasNotText: NOT_FOUND_TITLE }).waitFor()
  await settle(page)
}

async function go(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, address)
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
