import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConsoleUnderTest,
  type OpenPage,
  type PageOptions,
  startConsole,
} from '../support/console.ts'
import { createContactsApi, requestToken } from '../support/credentials.ts'
import { addPerson, PASSWORD } from '../support/people.ts'

// The create form, the secret dialog and prefill links.

let web: ConsoleUnderTest
let plainUrl: string

beforeAll(async () => {
  web = await startConsole({})
  await createContactsApi(web.server)
  plainUrl = web.server.url.replace('127.0.0.1', 'keyporter.test')
})
afterAll(() => web.close())

// Axe is slow on a busy machine.
const PATIENCE_MS = 120_000

const NEW = '/credentials/new'

/** With animations, to find keys or focus lost while a dialog opens or closes. */
const WITH_MOTION: PageOptions = { reducedMotion: false }
/** A separate browser context, because browser permissions apply to a whole context. */
const OWN_SESSION: PageOptions = {}

/** Opens a page for one test. */
async function withPage(
  path: string,
  work: (open: OpenPage) => Promise<void>,
  options?: PageOptions,
): Promise<void> {
  const open = await web.open(path, options)
  open.page.setDefaultTimeout(30_000)
  try {
    await work(open)
    // Over plain HTTP the browser warns that it ignores this header.
    const ours = open.pageErrors.filter(
      (text) => !text.startsWith('The Cross-Origin-Opener-Policy'),
    )
    expect(ours).toEqual([])
  } finally {
    await open.close()
  }
}

/** Fills in the required fields. */
async function fillIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('checkbox', { name: 'Read – CONTACT' }).check()
}

function createButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Create credential' })
}

function secretDialog(page: Page): Locator {
  return page.getByRole('alertdialog', { name: /^Save the client secret/ })
}

function unsavedDialog(page: Page): Locator {
  return page.getByRole('alertdialog', { name: 'You have not saved the client secret' })
}

/** Creates a credential and waits for the secret dialog. */
async function create(page: Page, name: string): Promise<void> {
  await fillIn(page, name)
  await createButton(page).click()
  await secretDialog(page).waitFor()
}

/** Presses Tab until the target has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${String(target)} is not reachable by keyboard`)
}

/** Returns the stored credentials with this name. */
async function stored(name: string) {
  const { body } = await web.server.send('GET', `/v1/credentials?q=${encodeURIComponent(name)}`)
  return body.data
}

async function clipboardText(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read'])
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Returns everything in which a page can store text: DOM, storage, caches, cookies, URL and query cache. */
async function storedIn(page: Page): Promise<string> {
  const [inPage, cookies] = await Promise.all([
    page.evaluate(async () => {
      const html = document.documentElement.outerHTML
      const storages = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])
      const databases = JSON.stringify(await indexedDB.databases())
      const caches = JSON.stringify(await window.caches?.keys())
      return [html, storages, databases, caches, location.href, JSON.stringify(queryData())].join()

      /** Returns the query cache. The query client is found in the React tree. */
      function queryData(): unknown[] {
        const root = document.getElementById('root') ?? document.body
        const name = Object.keys(root).find((key) => key.startsWith('__reactContainer')) ?? ''
        const queue: unknown[] = [Reflect.get(root, name)]
        while (queue.length > 0) {
          const fiber = queue.shift() as Record<string, unknown> | null | undefined
          if (typeof fiber !== 'object' || fiber === null) continue
          const props = fiber['memoizedProps'] as { client?: Record<string, unknown> } | null
          const client = props?.client as
            | { getQueryCache: () => { getAll: () => { state: unknown; queryKey: unknown }[] } }
            | undefined
          if (typeof client?.getQueryCache === 'function') {
            return client
              .getQueryCache()
              .getAll()
              .map(({ state, queryKey }) => [queryKey, state])
          }
          queue.push(fiber['child'], fiber['sibling'])
        }
        throw new Error('no query client found')
      }
    }),
    page.context().cookies(),
  ])
  return inPage + JSON.stringify(cookies)
}

describe('creating a credential', () => {
  it('works by keyboard alone, and the copied secret is valid', () =>
    withPage(
      NEW,
      async ({ page }) => {
        await tabTo(page, page.getByLabel('Name', { exact: true }))
        await page.keyboard.type('Keyboard')
        await tabTo(page, page.getByRole('checkbox', { name: 'Read – CONTACT' }))
        await page.keyboard.press('Space')
        await page.keyboard.press('ArrowRight')
        await page.keyboard.press('Space')
        await page.keyboard.press('ArrowDown')
        await tabTo(page, createButton(page))
        await page.keyboard.press('Enter')
        await secretDialog(page).waitFor()
        // The copy button of the secret has the focus, not Done.
        const copy = page.getByRole('button', { name: 'Copy Client secret' })
        await expect
          .poll(() => copy.evaluate((element) => element === document.activeElement))
          .toBe(true)
        await page.keyboard.press('Enter')
        await page.getByText('Client secret copied').first().waitFor({ state: 'attached' })
        const clientSecret = await clipboardText(page)
        await tabTo(page, page.getByRole('button', { name: 'Done', exact: true }))
        await page.keyboard.press('Enter')
        await page.waitForURL(/\/credentials$/)
        const [{ clientId, permissions }] = await stored('Keyboard')
        expect(permissions).toEqual(['CONTACT_READ', 'CONTACT_WRITE'])
        await requestToken(web.server, { clientId, clientSecret })
      },
      WITH_MOTION,
    ))

  it('happens once if the button is pressed twice', () =>
    withPage(NEW, async ({ page }) => {
      await fillIn(page, 'Twice')
      await createButton(page).evaluate((button: HTMLElement) => {
        button.click()
        button.click()
      })
      await secretDialog(page).waitFor()
      expect(await stored('Twice')).toHaveLength(1)
    }))

  it('reports a lost response and creates no second credential', () =>
    withPage(NEW, async ({ page }) => {
      let requests = 0
      await page.route('**/v1/credentials', async (route) => {
        if (route.request().method() !== 'POST') return route.continue()
        requests += 1
        if (requests > 1) return route.continue()
        await route.fetch()
        return route.abort()
      })
      await fillIn(page, 'Lost')
      await createButton(page).click()
      await page.getByText('its secret could not be shown').waitFor()
      const [lost, ...others] = await stored('Lost')
      expect(others).toEqual([])
      const link = page.getByRole('link', { name: 'Go to ‘Lost’' })
      expect(await link.getAttribute('href')).toContain(`/credentials/${lost.id}`)
    }))

  it('lists every error, focuses the first invalid field and keeps the input', () =>
    withPage(NEW, async ({ page }) => {
      await page.getByLabel('Notes (optional)').fill('x'.repeat(251))
      await createButton(page).click()
      const faults = page.getByRole('alert').filter({ hasText: 'There are 3 problems' })
      await faults.waitFor()
      const name = page.getByLabel('Name', { exact: true })
      await expect
        .poll(() => name.evaluate((element) => element === document.activeElement))
        .toBe(true)
      await faults.getByRole('button', { name: 'Notes' }).click()
      const notes = page.getByLabel('Notes (optional)')
      expect(await notes.evaluate((element) => element === document.activeElement)).toBe(true)
      expect(await notes.inputValue()).toHaveLength(251)
      // Cancel asks for confirmation, because the form was edited.
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('alertdialog', { name: 'Leave this form?' }).waitFor()
      await page.getByRole('button', { name: 'Leave', exact: true }).click()
      await page.waitForURL(/\/credentials$/)
    }))

  it('is not possible without the privilege, and the page names who can grant it', async () => {
    const { email } = await addPerson(web.server, { privileges: ['credentials.view'] })
    await withPage(
      NEW,
      async ({ page }) => {
        await page.getByText('You cannot create credentials').waitFor()
        await page.getByText(/These people can grant it: admin/).waitFor()
        expect(await createButton(page).count()).toBe(0)
      },
      { as: { email, password: PASSWORD } },
    )
  })
})

describe('the secret', () => {
  it('is not lost by accident: Escape, Back and leaving the page ask for confirmation', () =>
    withPage(
      '/credentials',
      async ({ page }) => {
        await page.getByRole('link', { name: 'New credential' }).first().click()
        await create(page, 'Guarded')
        await page.keyboard.press('Escape')
        await unsavedDialog(page).waitFor()
        const goBack = page.getByRole('button', { name: 'Go back' })
        await expect
          .poll(() => goBack.evaluate((element) => element === document.activeElement))
          .toBe(true)
        await page.keyboard.press('Escape')
        await unsavedDialog(page).waitFor({ state: 'hidden' })
        // Repeatedly and without delay, and also when no element has the focus.
        for (const isFocused of [true, true, true, false]) {
          if (!isFocused) await page.evaluate(() => (document.activeElement as HTMLElement).blur())
          await page.keyboard.press('Escape')
          await unsavedDialog(page).waitFor()
          await page.keyboard.press('Escape')
          await unsavedDialog(page).waitFor({ state: 'hidden' })
        }
        expect(await secretDialog(page).isVisible()).toBe(true)

        await page.evaluate(() => history.back())
        await unsavedDialog(page).waitFor()
        expect(new URL(page.url()).pathname).toBe(NEW)
        await goBack.click()

        const question = page.waitForEvent('dialog')
        await page.close({ runBeforeUnload: true })
        const asked = await question
        expect(asked.type()).toBe('beforeunload')
        await asked.dismiss()

        await page.getByRole('button', { name: 'Done', exact: true }).click()
        await page.getByRole('button', { name: 'Close anyway' }).click()
        await page.waitForURL(/\/credentials$/)
      },
      WITH_MOTION,
    ))

  it(
    'can be tested, revealed and hidden, and is in no example until revealed',
    () =>
      withPage(NEW, async ({ page }) => {
        await create(page, 'Shown')
        const dialog = secretDialog(page)
        const code = dialog.getByRole('region', { name: 'Code: .env' })
        expect(await code.textContent()).toContain('KEYPORTER_CLIENT_SECRET=$CLIENT_SECRET')
        await page.getByRole('button', { name: 'Test credential' }).click()
        await page.getByText('The credential works: Shown, 1 permission').waitFor()
        await page.getByRole('button', { name: 'Reveal client secret' }).click()
        expect(await code.textContent()).toMatch(/KEYPORTER_CLIENT_SECRET=kp_live_\w{49}\n/)
        for (const [width, scheme] of [
          [1280, 'dark'],
          [320, 'light'],
        ] as const) {
          await page.setViewportSize({ width, height: 800 })
          await page.emulateMedia({ colorScheme: scheme })
          await web.checkAxe(page)
        }
        await page.getByRole('button', { name: 'Hide client secret' }).click()
        expect(await dialog.textContent()).not.toMatch(/_\w{49}/)
      }),
    PATIENCE_MS,
  )

  it('is absent from the DOM, storage, query cache and browser console after Done', () =>
    withPage(NEW, async ({ page, requestedUrls }) => {
      const logged: string[] = []
      page.on('console', (message) => logged.push(message.text()))
      await create(page, 'Forgotten')
      await page.getByRole('button', { name: 'Reveal client secret' }).click()
      const shown = await secretDialog(page).textContent()
      const secret = /kp_live_\w{49}/.exec(shown ?? '')?.[0] ?? ''
      expect(await storedIn(page)).toContain(secret)
      const file = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download' }).click()
      expect((await file).suggestedFilename()).toBe('keyporter-forgotten.env')
      await page.getByRole('button', { name: 'Done', exact: true }).click()
      await page.waitForURL(/\/credentials$/)
      expect(secret).toHaveLength(57)
      expect(await storedIn(page)).not.toContain(secret)
      expect(logged.join() + requestedUrls.join()).not.toContain(secret)
    }))

  it('can be copied on a page without HTTPS, which shows a warning', () =>
    withPage(
      NEW,
      async ({ page }) => {
        // Acts as a proxy that serves the console under another host name.
        await page.route('**/v1/**', async (route) => {
          const request = route.request()
          const response = await route.fetch({
            url: request.url().replace(plainUrl, web.server.url),
            headers: { ...request.headers(), origin: web.server.url },
          })
          await route.fulfill({ response })
        })
        await create(page, 'Plain')
        await secretDialog(page).getByText('Anyone on the network could see this secret').waitFor()
        expect(await page.evaluate(() => 'clipboard' in navigator)).toBe(false)
        await page.getByRole('button', { name: 'Copy Client secret' }).click()
        await page.getByText('Client secret copied').first().waitFor({ state: 'attached' })
        await page.getByRole('button', { name: 'Done', exact: true }).click()
        await page.waitForURL(/\/credentials$/)
        await page.goto(NEW)
        await page.getByLabel('Notes (optional)').focus()
        await page.keyboard.press('Control+V')
        expect(await page.getByLabel('Notes (optional)').inputValue()).toMatch(/^kp_live_\w{49}$/)
        await page.getByText('This looks like a secret').waitFor()
      },
      { baseUrl: plainUrl },
    ))

  it('can be copied if the browser denies the Clipboard API', () =>
    withPage(
      NEW,
      async ({ page, context }) => {
        // Granting any permission denies all others.
        await context.grantPermissions(['geolocation'])
        await create(page, 'Denied')
        const isDenied = await page.evaluate(() =>
          navigator.clipboard.writeText('x').then(
            () => false,
            () => true,
          ),
        )
        expect(isDenied).toBe(true)
        await page.getByRole('button', { name: 'Copy Client secret' }).click()
        await page.getByText('Client secret copied').first().waitFor({ state: 'attached' })
        await page.getByRole('button', { name: 'Done', exact: true }).click()
        await page.waitForURL(/\/credentials$/)
      },
      OWN_SESSION,
    ))

  it(
    'is revealed and selected if copying fails, and does not count as saved',
    () =>
      withPage(NEW, async ({ page }) => {
        // Disables both ways to copy.
        await page.evaluate(() => {
          Object.defineProperty(navigator, 'clipboard', { value: undefined })
          document.execCommand = () => false
        })
        await create(page, 'Stuck')
        await page.getByRole('button', { name: 'Copy Client secret' }).click()
        await page.getByRole('alert').filter({ hasText: 'press Ctrl+C' }).waitFor()
        const selected = await page.evaluate(() => window.getSelection()?.toString())
        expect(selected).toMatch(/^kp_live_\w{49}$/)
        await page.getByRole('button', { name: 'Done', exact: true }).click()
        await unsavedDialog(page).waitFor()
        await web.checkAxe(page)
      }),
    PATIENCE_MS,
  )
})

describe('a prefill link', () => {
  it('is announced with its ignored values, and the form can be copied as a link', () =>
    withPage('/', async ({ page }) => {
      const asked = new URLSearchParams({
        name: 'Prefilled',
        for: 'agent',
        expires: '7d',
        permissions: 'CONTACT_READ,CONTACT_FLY',
        notes: 'From the guide',
      })
      await page.goto(`${NEW}?${asked}`, { referer: 'https://docs.example.com/start' })
      await page.getByText('A link from docs.example.com filled in this form.').waitFor()
      await page.getByText('Ignored unknown values: CONTACT_FLY.').waitFor()
      expect(await page.getByLabel('7 days').isChecked()).toBe(true)
      expect(await page.getByRole('checkbox', { name: 'Read – CONTACT' }).isChecked()).toBe(true)
      await page.getByRole('button', { name: 'Copy link to this form' }).click()
      await page.getByText('Link copied').first().waitFor({ state: 'attached' })
      const link = new URL(await clipboardText(page))
      expect(Object.fromEntries(link.searchParams)).toEqual({
        ...Object.fromEntries(asked),
        permissions: 'CONTACT_READ',
        api: 'contacts',
      })
      // Opening the link creates nothing.
      expect(await stored('Prefilled')).toEqual([])
    }))

  it('duplicates a credential under another name with a new client ID', async () => {
    const { body } = await web.server.send('POST', '/v1/credentials', {
      body: { name: 'Original', notes: 'Ask Ada', permissions: ['EVENT_READ'] },
    })
    await withPage(`${NEW}?from=${body.id}`, async ({ page }) => {
      await page.getByText('Copied from ‘Original’.').waitFor()
      await createButton(page).click()
      await secretDialog(page).waitFor()
      const [copy] = await stored('Original (copy)')
      expect(copy).toMatchObject({ notes: 'Ask Ada', permissions: ['EVENT_READ'] })
      expect(copy.clientId).not.toBe(body.clientId)
    })
  })
})

describe('the expiry', () => {
  it.each([
    ['Pacific/Kiritimati', '09:59'],
    ['Pacific/Pago_Pago', '10:59'],
  ])('is the end of the day in %s, with the UTC time in its caption', (timeZone, utc) =>
    withPage(
      NEW,
      async ({ page }) => {
        await page.getByLabel('30 days').check()
        const caption = await page.getByText(/^Expires on/).textContent()
        expect(caption).toMatch(new RegExp(`at 23:59 \\(.*\\),.* ${utc} UTC\\.$`))
        await create(page, timeZone)
        const [{ expiresAt }] = await stored(timeZone)
        expect(expiresAt.slice(11)).toBe(`${utc}:00.000Z`)
      },
      { timeZone },
    ),
  )

  it('keeps the local time across a daylight saving change', () =>
    withPage(
      NEW,
      async ({ page }) => {
        await page.getByLabel('Custom').check()
        // About half a year ahead, so that daylight saving time differs.
        const there = new Date(Date.now() + 170 * 86_400_000).toISOString().slice(0, 10)
        await page.getByLabel('Date', { exact: true }).fill(there)
        await page.getByLabel(/^Time/).fill('12:00')
        await create(page, 'Berlin')
        const [{ expiresAt }] = await stored('Berlin')
        const shown = new Date(expiresAt).toLocaleString('sv', { timeZone: 'Europe/Berlin' })
        expect(shown).toBe(`${there} 12:00:00`)
      },
      { timeZone: 'Europe/Berlin' },
    ))
})

describe('the permission table', () => {
  it('of 200 resources rerenders one row per change', async () => {
    await createContactsApi(web.server, {
      name: 'Large',
      identifier: 'https://large.example.com',
      permissions: Array.from({ length: 200 }, (_, index) => ({
        resource: `RESOURCE_${index}`,
        actions: ['read', 'write', 'delete'],
      })),
      operations: [],
    })
    await withPage(`${NEW}?api=large`, async ({ page }) => {
      const box = page.getByRole('checkbox', { name: 'Write – RESOURCE_100' })
      const touched = await box.evaluate(async (input: HTMLInputElement) => {
        const rows = new Set<Element>()
        const observer = new MutationObserver((records) => {
          for (const { target } of records) {
            const row = (target instanceof Element ? target : target.parentElement)?.closest('tr')
            if (row) rows.add(row)
          }
        })
        const whole = { subtree: true, childList: true, attributes: true, characterData: true }
        observer.observe(input.closest('table') ?? input, whole)
        input.click()
        await new Promise((resolve) => setTimeout(resolve, 200))
        observer.disconnect()
        return rows.size
      })
      // Its own row and the rows for all resources.
      expect(touched).toBeLessThanOrEqual(4)
      expect(await box.isChecked()).toBe(true)
      await page.getByText('Write is selected without Read for RESOURCE_100').waitFor()
      await page.getByRole('checkbox', { name: 'Read – all' }).click()
      await page.getByText('201 of 600 permissions').waitFor()
    })
  })
})
