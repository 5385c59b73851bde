import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConsoleUnderTest,
  type OpenPage,
  type PageOptions,
  startConsole,
} from '../support/console.ts'
import { createContactsApi, obtainToken } from '../support/issue.ts'
import { addPerson, PASSWORD } from '../support/people.ts'

// From an empty form to a secret that only its owner has.

let under: ConsoleUnderTest
let plainUrl: string

beforeAll(async () => {
  under = await startConsole({})
  await createContactsApi(under.server)
  plainUrl = under.server.url.replace('127.0.0.1', 'keyporter.test')
})
afterAll(() => under.close())

// Axe takes a page apart, which takes its time on a busy machine.
const PATIENCE_MS = 120_000

const NEW = '/credentials/new'

/** Dialogs that come and go slowly must not lose a key or the focus. */
const WITH_MOTION: PageOptions = { reducedMotion: false }
/** Permissions of the browser belong to a session. */
const OWN_SESSION: PageOptions = {}

/** Opens a page for one test. */
async function withPage(
  path: string,
  work: (open: OpenPage) => Promise<void>,
  options?: PageOptions,
): Promise<void> {
  const open = await under.open(path, options)
  open.page.setDefaultTimeout(30_000)
  try {
    await work(open)
    // Without HTTPS the browser says that it does without this header, which is so.
    const ours = open.complaints.filter(
      (text) => !text.startsWith('The Cross-Origin-Opener-Policy'),
    )
    expect(ours).toEqual([])
  } finally {
    await open.close()
  }
}

/** Fills in as little as a credential needs. */
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
  return page.getByRole('alertdialog', { name: 'You have not saved the secret' })
}

/** Creates a credential, as far as its secret. */
async function create(page: Page, name: string): Promise<void> {
  await fillIn(page, name)
  await createButton(page).click()
  await secretDialog(page).waitFor()
}

/** Presses Tab until something has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not reach ${String(target)}`)
}

/** Credentials of this name, as the API lists them. */
async function stored(name: string) {
  const { body } = await under.server.ask('GET', `/v1/credentials?q=${encodeURIComponent(name)}`)
  return body.data
}

async function clipboardText(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read'])
  return page.evaluate(() => navigator.clipboard.readText())
}

/** Everything in which a page could have kept a text. */
async function remembered(page: Page): Promise<string> {
  const [inPage, cookies] = await Promise.all([
    page.evaluate(async () => {
      const html = document.documentElement.outerHTML
      const storages = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])
      const databases = JSON.stringify(await indexedDB.databases())
      const caches = JSON.stringify(await window.caches?.keys())
      return [html, storages, databases, caches, location.href, JSON.stringify(queryData())].join()

      /** What the query client holds, which hangs somewhere in the tree that React draws. */
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
        throw new Error('There is no query client in this page')
      }
    }),
    page.context().cookies(),
  ])
  return inPage + JSON.stringify(cookies)
}

describe('creating a credential', () => {
  it('works by keyboard alone, from the name to the list, and the copied secret is good', () =>
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
        // The focus is on the copy button of the secret, never on Done.
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
        await obtainToken(under.server, { clientId, clientSecret })
      },
      WITH_MOTION,
    ))

  it('happens once, however often its button is pressed', () =>
    withPage(NEW, async ({ page }) => {
      await fillIn(page, 'Twice')
      await createButton(page).evaluate((button: HTMLElement) => {
        button.click()
        button.click()
      })
      await secretDialog(page).waitFor()
      expect(await stored('Twice')).toHaveLength(1)
    }))

  it('whose answer is lost says so, and creates no second one', () =>
    withPage(NEW, async ({ page }) => {
      let answers = 0
      await page.route('**/v1/credentials', async (route) => {
        if (route.request().method() !== 'POST') return route.continue()
        answers += 1
        if (answers > 1) return route.continue()
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

  it('names every fault, goes to the first, and keeps what was typed', () =>
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
      // Cancel asks, because something was typed; nothing else does.
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('alertdialog', { name: 'Leave this form?' }).waitFor()
      await page.getByRole('button', { name: 'Leave', exact: true }).click()
      await page.waitForURL(/\/credentials$/)
    }))

  it('is not offered to who may not create one, who is told whom to ask', async () => {
    const { email } = await addPerson(under.server, { privileges: ['credentials.view'] })
    await withPage(
      NEW,
      async ({ page }) => {
        await page.getByText('You cannot create credentials').waitFor()
        await page.getByText(/These people can give it to you: admin/).waitFor()
        expect(await createButton(page).count()).toBe(0)
      },
      { as: { email, password: PASSWORD } },
    )
  })
})

describe('the secret', () => {
  it('is not closed by accident: Escape, Back and leaving the page ask first', () =>
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
        // As often as it is pressed, as fast as it can be, and also where nothing has the focus.
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
    'is tried out, shown and hidden again, and in no example until it is shown',
    () =>
      withPage(NEW, async ({ page }) => {
        await create(page, 'Shown')
        const dialog = secretDialog(page)
        const code = dialog.getByRole('region', { name: 'Code: .env' })
        expect(await code.textContent()).toContain('KEYPORTER_CLIENT_SECRET=$CLIENT_SECRET')
        await page.getByRole('button', { name: 'Test it' }).click()
        await page.getByText('It works: Shown, 1 permission').waitFor()
        await page.getByRole('button', { name: 'Reveal client secret' }).click()
        expect(await code.textContent()).toMatch(/KEYPORTER_CLIENT_SECRET=kp_live_\w{49}\n/)
        for (const [width, scheme] of [
          [1280, 'dark'],
          [320, 'light'],
        ] as const) {
          await page.setViewportSize({ width, height: 800 })
          await page.emulateMedia({ colorScheme: scheme })
          await under.checkAxe(page)
        }
        await page.getByRole('button', { name: 'Hide client secret' }).click()
        expect(await dialog.textContent()).not.toMatch(/_\w{49}/)
      }),
    PATIENCE_MS,
  )

  it('is nowhere in the page, its storages, its queries or its console after Done', () =>
    withPage(NEW, async ({ page, requested }) => {
      const said: string[] = []
      page.on('console', (message) => said.push(message.text()))
      await create(page, 'Forgotten')
      await page.getByRole('button', { name: 'Reveal client secret' }).click()
      const shown = await secretDialog(page).textContent()
      const secret = /kp_live_\w{49}/.exec(shown ?? '')?.[0] ?? ''
      expect(await remembered(page)).toContain(secret)
      const file = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download' }).click()
      expect((await file).suggestedFilename()).toBe('keyporter-forgotten.env')
      await page.getByRole('button', { name: 'Done', exact: true }).click()
      await page.waitForURL(/\/credentials$/)
      expect(secret).toHaveLength(57)
      expect(await remembered(page)).not.toContain(secret)
      expect(said.join() + requested.join()).not.toContain(secret)
    }))

  it('is copied on a page without HTTPS, which says what that means', () =>
    withPage(
      NEW,
      async ({ page }) => {
        // As a proxy does that serves the console under another name than the server's own.
        await page.route('**/v1/**', async (route) => {
          const request = route.request()
          const response = await route.fetch({
            url: request.url().replace(plainUrl, under.server.url),
            headers: { ...request.headers(), origin: under.server.url },
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

  it('is copied where the browser refuses its clipboard', () =>
    withPage(
      NEW,
      async ({ page, context }) => {
        // What is not granted by name is refused from then on.
        await context.grantPermissions(['geolocation'])
        await create(page, 'Denied')
        const refused = await page.evaluate(() =>
          navigator.clipboard.writeText('x').then(
            () => false,
            () => true,
          ),
        )
        expect(refused).toBe(true)
        await page.getByRole('button', { name: 'Copy Client secret' }).click()
        await page.getByText('Client secret copied').first().waitFor({ state: 'attached' })
        await page.getByRole('button', { name: 'Done', exact: true }).click()
        await page.waitForURL(/\/credentials$/)
      },
      OWN_SESSION,
    ))

  it(
    'that could not be copied is shown and selected, and does not count as saved',
    () =>
      withPage(NEW, async ({ page }) => {
        // A browser that copies nothing for a page, by neither way.
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
        await under.checkAxe(page)
      }),
    PATIENCE_MS,
  )
})

describe('a link that fills the form in', () => {
  it('is said to have done so, with what it asks for in vain; its own link makes the same form', () =>
    withPage('/', async ({ page }) => {
      const asked = new URLSearchParams({
        name: 'Prefilled',
        for: 'agent',
        expires: '7d',
        permissions: 'CONTACT_READ,CONTACT_FLY',
        notes: 'From the guide',
      })
      await page.goto(`${NEW}?${asked}`, { referer: 'https://docs.example.com/start' })
      await page.getByText('filled in by a link from docs.example.com').waitFor()
      await page.getByText('does not exist here: CONTACT_FLY').waitFor()
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
      // Nothing was created by opening it.
      expect(await stored('Prefilled')).toEqual([])
    }))

  it('copies a credential under another name, without its secret', async () => {
    const { body } = await under.server.ask('POST', '/v1/credentials', {
      body: { name: 'Original', notes: 'Ask Ada', permissions: ['EVENT_READ'] },
    })
    await withPage(`${NEW}?from=${body.id}`, async ({ page }) => {
      await page.getByText('copy of ‘Original’').waitFor()
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
  ])('is the end of the day in %s, and its caption says when that is in UTC', (timeZone, utc) =>
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

  it('of one’s own is on the clock that is in force then, beyond a change of clocks', () =>
    withPage(
      NEW,
      async ({ page }) => {
        await page.getByLabel('Custom').check()
        // Half a year on the other side of summer time, from whichever day this runs.
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
  it('of 200 resources draws one row anew for a tick, not two hundred', async () => {
    await createContactsApi(under.server, {
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
      // Its own, and those that stand for all.
      expect(touched).toBeLessThanOrEqual(4)
      expect(await box.isChecked()).toBe(true)
      await page.getByText('Missing for RESOURCE_100').waitFor()
      await page.getByRole('checkbox', { name: 'Read – all' }).click()
      await page.getByText('201 of 600 permissions').waitFor()
    })
  })
})
