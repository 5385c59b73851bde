import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole, waitUntilLoaded } from '../support/console.ts'
import { addPerson, PASSWORD, type Person } from '../support/people.ts'
import { totpCode } from '../support/totp.ts'

// Members and privileges, the member's own account, and organization settings, in a browser.

let web: ConsoleUnderTest
let adminId: string

beforeAll(async () => {
  web = await startConsole()
  const members = await web.server.send('GET', '/v1/members')
  adminId = members.body.data[0].id
})
afterAll(() => web.close())

const as = ({ email }: Pick<Person, 'email'>) => ({ email, password: PASSWORD })

describe('a person’s page', () => {
  it('grants and revokes a privilege, which takes effect immediately in open pages', async () => {
    const person = await addPerson(web.server, { name: 'Grace' })
    const theirs = await web.open('/account', { as: as(person) })
    const ours = await web.open(`/members/${person.id}`)
    const link = theirs.page.getByRole('link', { name: 'API credentials' })
    expect(await link.count()).toBe(0)
    const see = ours.page.getByRole('switch', { name: 'View API credentials' })
    await see.click()
    await link.waitFor()
    await theirs.page.getByText('Your privileges changed.').waitFor()
    await see.click()
    await link.waitFor({ state: 'detached' })
    expect([ours.pageErrors, theirs.pageErrors]).toEqual([[], []])
    await Promise.all([ours.close(), theirs.close()])
  })

  it('lists the two API credential privileges first, each with a description', async () => {
    const { page, close } = await web.open(`/members/${adminId}`)
    const names = await page.getByRole('switch').evaluateAll((switches) =>
      switches.slice(0, 2).map((one) => {
        const input = one as HTMLInputElement
        const described = document.getElementById(input.getAttribute('aria-describedby') ?? '')
        return [input.ariaLabel, described?.textContent?.slice(0, 18)]
      }),
    )
    expect(names).toEqual([
      ['View API credentials', 'API credentials wi'],
      ['Manage API credentials', 'Create, edit and r'],
    ])
    await close()
  })

  it('keeps the last owner: the switch reverts with an explanation', async () => {
    const { page, close } = await web.open(`/members/${adminId}`)
    const manage = page.getByRole('switch', { name: 'Manage members' })
    await manage.click()
    await modal(page).getByRole('button', { name: 'Remove privilege' }).click()
    await page.getByText('is the last owner').waitFor()
    await expect.poll(() => manage.isChecked()).toBe(true)
    await web.checkAxe(page)
    await close()
  })

  it('locks privileges that the viewer does not have', async () => {
    const support = await addPerson(web.server, { privileges: ['members.manage'] })
    const person = await addPerson(web.server, { privileges: ['audit.view'] })
    const { page, close } = await web.open(`/members/${person.id}`, { as: as(support) })
    const locked = page.getByRole('switch', { name: 'Manage API credentials' })
    expect(await locked.isDisabled()).toBe(true)
    await page.getByText('You can only grant privileges you have.').first().waitFor()
    // Revoking a privilege is allowed even if the viewer could not grant it again.
    expect(await page.getByRole('switch', { name: 'View the audit log' }).isDisabled()).toBe(false)
    await close()
  })

  it('reports a concurrent change and continues after a reload', async () => {
    const person = await addPerson(web.server, { name: 'Linus' })
    const { page, close } = await web.open(`/members/${person.id}`)
    await web.server.send('PATCH', `/v1/members/${person.id}`, { body: { name: 'Linus B.' } })
    const see = page.getByRole('switch', { name: 'View integrations' })
    await see.click()
    await page.getByText(/changed the data/).waitFor()
    await expect.poll(() => see.isChecked()).toBe(false)
    await page.getByRole('button', { name: 'Reload', exact: true }).click()
    await page.getByRole('heading', { name: 'Linus B.' }).waitFor()
    await see.click()
    await expect.poll(() => see.isChecked()).toBe(true)
    // The switch changes before the request completes.
    const read = async () => (await web.server.send('GET', `/v1/members/${person.id}`)).body
    await expect.poll(read).toMatchObject({ privileges: ['integrations.view'] })
    await close()
  })
})

describe('the list of members', () => {
  it('tells members without the privilege whom to ask', async () => {
    await addPerson(web.server, { name: 'Ada Owner', privileges: ['members.manage'] })
    const person = await addPerson(web.server)
    const { page, close } = await web.open('/members', { as: as(person) })
    await page.getByText('You need the privilege ‘Manage members’.').waitFor()
    await page.getByText('Ada Owner').waitFor()
    await close()
  })

  it('shows an invitation link once and drops it when the dialog closes', async () => {
    const { page, close } = await web.open('/members?q=nobody')
    await page.getByRole('button', { name: 'Invite member' }).click()
    const dialog = modal(page)
    await dialog.getByLabel('Name').fill('Marie')
    await dialog.getByLabel('E-mail').fill('marie@example.org')
    await dialog.getByLabel('Role').selectOption('Auditor (read-only)')
    await dialog.getByRole('button', { name: 'Create invitation' }).click()
    const link = (await dialog.getByText('/join#code=').textContent()) ?? ''
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'detached' })
    const kept = await page.evaluate(
      () => document.documentElement.outerHTML + JSON.stringify({ ...localStorage }),
    )
    expect([kept.includes(link.split('code=')[1] ?? ''), page.url()]).toEqual([
      false,
      `${web.server.url}/members?q=nobody`,
    ])
    const theirs = await web.open(new URL(link).pathname + new URL(link).hash, { as: null })
    await theirs.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await theirs.page.getByRole('button', { name: 'Save password' }).click()
    await theirs.page.getByText('Your password is saved, Marie.').waitFor()
    const found = await web.server.send('GET', '/v1/members?q=marie')
    expect(found.body.data[0]).toMatchObject({
      status: 'active',
      privileges: ['credentials.view', 'integrations.view', 'audit.view'],
    })
    await Promise.all([close(), theirs.close()])
  })
})

describe('the member’s own account', () => {
  it('enables one-time codes, shows recovery codes once, and signs in with a code', async () => {
    const person = await addPerson(web.server, { name: 'Hedy' })
    const { page, pageErrors, close } = await web.open('/account/security', { as: as(person) })
    await page.getByRole('button', { name: 'Set up two-factor authentication' }).click()
    const dialog = modal(page)
    await dialog.getByLabel('Current password').fill('not this one')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('The current password is incorrect.').waitFor()
    await dialog.getByLabel('Current password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByRole('img', { name: 'QR code' }).waitFor()
    const secret = (await dialog.locator('code').textContent()) ?? ''
    await dialog.getByLabel('One-time code').fill(totpCode(secret, Date.now()))
    await dialog.getByRole('button', { name: 'Turn on' }).click()
    await dialog.getByText('Save your recovery codes').waitFor()
    expect(await dialog.getByRole('listitem').count()).toBe(10)
    // Before axe, which itself violates the content security policy.
    expect(pageErrors).toEqual([])
    await web.checkAxe(page)
    await page.keyboard.press('Escape')
    await dialog.getByText('You have not saved the recovery codes.').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('keyporter-recovery-codes.txt')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('On', { exact: true }).waitFor()
    expect((await page.content()).includes(secret)).toBe(false)
    const { page: other, close: closeOther } = await signInByHand(person)
    await other.getByLabel('One-time code').fill(totpCode(secret, Date.now() + 30_000))
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('heading', { name: 'Overview' }).waitFor()
    await Promise.all([close(), closeOther()])
  })

  it('applies a theme immediately and after the next sign-in', async () => {
    const person = await addPerson(web.server)
    const { page, close } = await web.open('/account', { as: as(person) })
    const looks = (of: Page) =>
      of.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'))
    expect(await looks(page)).toBe('light')
    const saved = page.waitForResponse((response) => response.request().method() === 'PATCH')
    await page.getByText('Dark', { exact: true }).click()
    expect(await looks(page)).toBe('dark')
    await saved
    const other = await signInByHand(person)
    await expect.poll(() => looks(other.page)).toBe('dark')
    await Promise.all([close(), other.close()])
  })

  it('lists sessions by browser and ends all others', async () => {
    const person = await addPerson(web.server)
    const { page, close } = await web.open('/account/sessions', { as: as(person) })
    // Two other sessions exist: one from joining, one of the test client.
    await page.getByText('This session').waitFor()
    await page.getByRole('button', { name: 'Sign out other sessions' }).click()
    await modal(page).getByRole('button', { name: 'Sign out other sessions' }).click()
    await modal(page).waitFor({ state: 'detached' })
    await waitUntilLoaded(page)
    expect(await page.getByRole('row').count()).toBe(2)
    expect((await person.send('GET', '/v1/session')).status).toBe(401)
    await close()
  })
})

describe('organization settings', () => {
  it('can be changed by the operator for a customer, whose own members can only read them', async () => {
    const { page, close } = await web.open('/organizations')
    await page.getByRole('button', { name: 'New organization' }).click()
    await modal(page).getByLabel('Name', { exact: true }).fill('Beta GmbH')
    await page.getByRole('button', { name: 'Create organization' }).click()
    await page.getByRole('link', { name: 'Beta GmbH' }).click()
    await page.waitForURL(/\/credentials\?organization=org_/)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('tab', { name: 'Policy' }).click()
    await page.getByLabel('Default lifetime (days)').fill('400')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Enter a whole number from 1 to 365.').waitFor()
    await page.getByLabel('Default lifetime (days)').fill('30')
    await page.getByLabel('Maximum lifetime (days)').fill('60')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    const organizationId = new URL(page.url()).searchParams.get('organization') ?? ''
    const person = await addPerson(web.server, {
      organizationId,
      privileges: ['organization.manage'],
    })
    const theirs = await web.open('/settings/policy', { as: as(person) })
    await theirs.page.getByText('60 days').waitFor()
    expect(await theirs.page.getByRole('textbox').count()).toBe(0)
    await theirs.page.getByRole('tab', { name: 'Signing keys' }).click()
    await theirs.page.getByText('Signing keys are managed by the operator').waitFor()
    await Promise.all([close(), theirs.close()])
  })

  it('a new signing key is published before it is used, unless it is activated at once', async () => {
    const { page, close } = await web.open('/settings/signing-keys')
    await page.getByRole('button', { name: 'Rotate key' }).click()
    await page.getByText('Services that cache the JWKS for 10 minutes keep working.').waitFor()
    await modal(page).getByRole('button', { name: 'Rotate key' }).click()
    await page.getByText('Pending', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Rotate key' }).click()
    await modal(page).getByRole('button', { name: 'Rotate key' }).click()
    await page.getByText('A pending key is already published').waitFor()
    await page.getByLabel('Immediately').check()
    await modal(page).getByRole('button', { name: 'Rotate key' }).click()
    await page.getByText('Retired', { exact: true }).waitFor()
    expect(await page.getByText('Active', { exact: true }).count()).toBe(1)
    await close()
  })
})

/** The open dialog of any kind. */
const modal = (page: Page) => page.locator('dialog[open]')

/** Signs in through the sign-in page in a new browser context. */
async function signInByHand({ email }: Person) {
  const opened = await web.open('/sign-in', { as: null })
  await opened.page.getByLabel('E-mail').fill(email)
  await opened.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await opened.page.getByRole('button', { name: 'Sign in' }).click()
  return opened
}
