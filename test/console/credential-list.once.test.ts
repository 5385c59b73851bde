import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole } from '../support/console.ts'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { addPerson, PASSWORD } from '../support/people.ts'

let web: ConsoleUnderTest
const made = new Map<string, IssuedCredential>()

beforeAll(async () => {
  web = await startConsole()
})
afterAll(() => web.close())

const rows = (page: Page) =>
  page.getByRole('table', { name: 'API credentials' }).locator('tbody tr')
const names = (page: Page) => rows(page).locator('a bdi').allTextContents()
const dialog = (page: Page) => page.getByRole('alertdialog')

async function create(name: string, body: object = {}): Promise<IssuedCredential> {
  const credential = await createCredential(web.server, { name, ...body })
  made.set(name, credential)
  return credential
}

/** Uses a credential and writes its usage to the database. */
async function use(name: string): Promise<void> {
  const credential = idOf(name)
  await requestToken(web.server, credential)
  await web.server.flushUsage()
}

function idOf(name: string): IssuedCredential {
  const credential = made.get(name)
  if (credential === undefined) throw new Error(`no credential ${name}`)
  return credential
}

async function statusOf(name: string): Promise<string> {
  return (await web.server.send('GET', `/v1/credentials/${idOf(name).id}`)).body.status
}

async function askToRevoke(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: 'Revoke…' }).click()
  await dialog(page).waitFor()
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document
    return element?.getAttribute('aria-label') ?? element?.textContent
  })

describe('the overview', () => {
  it('guides from an empty installation to the first request, which it detects by itself', async () => {
    const { page, pageErrors, close } = await web.open('/')
    expect(await page.getByRole('link', { name: 'Import OpenAPI' }).getAttribute('href')).toBe(
      '/apis/import',
    )
    await createContactsApi(web.server)
    await page.getByRole('link', { name: 'Create a credential' }).waitFor()
    await create('Zeus')
    const waiting = page.getByRole('status').filter({ hasText: 'Waiting for the first request…' })
    await waiting.waitFor()
    await use('Zeus')
    await page.getByRole('status').filter({ hasText: 'The first request has arrived.' }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.reload()
    await page.getByRole('link', { name: /Active credentials$/ }).click()
    await page.waitForURL('**/credentials?status=active')
    expect(await page.getByRole('heading', { name: 'Get started' }).count()).toBe(0)
    expect(pageErrors).toEqual([])
    await close()
  })
})

describe('the list of credentials', () => {
  beforeAll(async () => {
    for (const name of ['CI', 'Kiosk Berlin', 'Kiosk Paris', 'Kiosk Tokyo', 'Old one'])
      await create(name)
    await create('Reader', { permissions: ['EVENT_READ'], notes: '=SUM(1)' })
    await web.server.send('POST', `/v1/credentials/${idOf('Old one').id}/revoke`, { body: {} })
    await use('Zeus')
    await use('CI')
  })

  it('keeps search, status and order in its URL, from which Back and a reload restore them', async () => {
    const { page, pageErrors, close } = await web.open('/credentials')
    expect((await names(page))[0]).toBe('Reader')
    expect(await names(page)).not.toContain('Old one')
    await page.getByRole('searchbox').fill('kiosk')
    await page.waitForURL('**/credentials?q=kiosk')
    await page.getByRole('status').filter({ hasText: '3 credentials' }).waitFor()
    await page.getByRole('button', { name: 'Name' }).click()
    await page.waitForURL('**q=kiosk&sort=name')
    await expect.poll(() => names(page)).toEqual(['Kiosk Berlin', 'Kiosk Paris', 'Kiosk Tokyo'])
    await page.reload()
    await expect.poll(() => names(page)).toEqual(['Kiosk Berlin', 'Kiosk Paris', 'Kiosk Tokyo'])
    await page.goBack()
    await page.goBack()
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('')
    await page.getByRole('link', { name: /^Revoked/ }).click()
    await expect.poll(() => names(page)).toEqual(['Old one'])
    await rows(page).getByText('After less than a minute').waitFor()
    expect(pageErrors).toEqual([])
    await close()
  })

  it('shows when no credentials match, and clears the filters', async () => {
    const { page, close } = await web.open('/credentials?q=nobody-has-this-name')
    await page.getByText('No credentials match these filters.').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => names(page)).toContain('Zeus')
    await close()
  })

  it('exports the filtered rows without secrets and without formulas', async () => {
    const { page, close } = await web.open('/credentials?permission=EVENT_READ&q=reader')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    const csv = readFileSync(await download.path(), 'utf8')
    expect(csv.trim().split('\r\n')).toHaveLength(2)
    expect(csv).toContain("'=SUM(1)")
    expect(csv).not.toContain(idOf('Reader').clientSecret)
    expect(download.suggestedFilename()).toMatch(/^credentials-\d{4}-\d\d-\d\d\.csv$/)
    await close()
  })

  it('has no controls for members with read-only access, and names who can grant the privilege', async () => {
    const { email } = await addPerson(web.server, { privileges: ['credentials.view'] })
    const { page, close } = await web.open('/credentials', { as: { email, password: PASSWORD } })
    await page
      .getByText('You need the privilege ‘Manage API credentials’. These people can grant it:')
      .waitFor()
    expect(await page.getByRole('link', { name: 'New credential' }).count()).toBe(0)
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await page.getByRole('button', { name: 'Actions for Zeus' }).click()
    expect(await page.getByRole('menuitem', { name: 'Revoke…' }).count()).toBe(0)
    await close()
  })
})

describe('revocation', () => {
  it('of a used credential requires its name, and Escape cancels it', async () => {
    const { page, pageErrors, close } = await web.open('/credentials')
    await askToRevoke(page, 'CI')
    await dialog(page).getByText('1 access token').waitFor()
    await web.checkAxe(page)
    const submit = dialog(page).getByRole('button', { name: 'Revoke credential' })
    expect(await submit.getAttribute('aria-disabled')).toBe('true')
    await dialog(page).getByLabel('Type CI to confirm').fill('ci')
    await submit.click({ force: true })
    await dialog(page).getByText('Enter the name exactly as shown: CI').waitFor()
    expect(await statusOf('CI')).toBe('active')
    await page.keyboard.press('Escape')
    await page.waitForURL(/\/credentials$/)
    await expect.poll(() => focused(page)).toBe('Actions for CI')
    await askToRevoke(page, 'CI')
    await dialog(page).getByLabel('Reason').selectOption('Leaked')
    await dialog(page).getByLabel('Type CI to confirm').fill('  CI ')
    await dialog(page).getByRole('button', { name: 'Revoke credential' }).click()
    await page.getByText('‘CI’ was revoked.').first().waitFor()
    await expect.poll(() => names(page)).not.toContain('CI')
    const { body } = await web.server.send('GET', `/v1/credentials/${idOf('CI').id}`)
    expect([body.status, body.revokedReason]).toEqual(['revoked', 'Leaked'])
    expect(pageErrors).toEqual([])
    await close()
  })

  it('of an unused credential requires no name, and Cancel has the focus', async () => {
    const { page, close } = await web.open('/credentials')
    await askToRevoke(page, 'Reader')
    await dialog(page).getByText('Never used.').waitFor()
    expect(await focused(page)).toBe('Cancel')
    await dialog(page).getByRole('button', { name: 'Revoke credential' }).click()
    await expect.poll(() => statusOf('Reader')).toBe('revoked')
    await close()
  })

  it('reports if another member revoked the credential first', async () => {
    const { page, close } = await web.open(
      `/credentials?dialog=revoke&target=${idOf('Kiosk Tokyo').id}`,
    )
    await dialog(page).waitFor()
    const path = `/v1/credentials/${idOf('Kiosk Tokyo').id}/revoke`
    await web.server.send('POST', path, { body: {} })
    await dialog(page).getByRole('button', { name: 'Revoke credential' }).click()
    await dialog(page).getByText('This credential is already revoked').waitFor()
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await page.waitForURL(/\/credentials$/)
    await close()
  })

  it('of several credentials requires their number, shows each result and retries failures', async () => {
    const { page, close } = await web.open('/credentials?q=kiosk')
    const failing = `**/v1/credentials/${idOf('Kiosk Paris').id}/revoke`
    await page.route(failing, (route) => route.abort())
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
    await page.getByRole('button', { name: 'Revoke…' }).click()
    await dialog(page).getByLabel('Type 2 to confirm').fill('3')
    await dialog(page).getByRole('button', { name: 'Revoke 2 credentials' }).click({ force: true })
    await dialog(page).getByText('Type 2 to confirm that you want to revoke all of them').waitFor()
    expect(await statusOf('Kiosk Berlin')).toBe('active')
    await dialog(page).getByLabel('Type 2 to confirm').fill('2')
    await dialog(page).getByRole('button', { name: 'Revoke 2 credentials' }).click()
    const outcome = dialog(page).getByRole('alert')
    await outcome.getByText('1 revoked and 1 failed').waitFor()
    await outcome.getByText('‘Kiosk Paris’').waitFor()
    await page.unroute(failing)
    await dialog(page).getByRole('button', { name: 'Retry failed' }).click()
    await outcome.getByText('1 revoked', { exact: true }).waitFor()
    expect([await statusOf('Kiosk Berlin'), await statusOf('Kiosk Paris')]).toEqual([
      'revoked',
      'revoked',
    ])
    await close()
  })
})
