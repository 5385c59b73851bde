import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole } from '../support/console.ts'
import { type OauthUpstream, startOauthUpstream } from '../support/oauth-upstream.ts'
import { addPerson, PASSWORD } from '../support/people.ts'

// Integrations: created, edited, tested and deleted in a browser.

const FIRST = 'ghp_first0123456789abcdef'
const SECOND = 'ghp_second0123456789abcdef'
const GLOBEX = 'ghp_globex0123456789abcdef'

// Pages are slow on a busy machine.
const PATIENCE_MS = 120_000

let web: ConsoleUnderTest
let upstream: OauthUpstream

beforeAll(async () => {
  upstream = await startOauthUpstream([FIRST, SECOND, GLOBEX])
  web = await startConsole({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
})
afterAll(async () => {
  await web.close()
  await upstream.close()
})

const modal = (page: Page) => page.locator('dialog:modal').last()
const organizationBox = (page: Page) => modal(page).getByRole('combobox', { name: 'Organization' })

/** Creates an integration of the upstream through the management API. */
async function createIntegration(body: object, credentials?: object): Promise<string> {
  const defaults = { name: 'GitHub', baseUrl: upstream.url, contentType: 'json' }
  const made = await web.server.send('POST', '/v1/integrations', {
    body: { ...defaults, auth: { kind: 'bearer' }, ...body },
  })
  if (made.status !== 201) throw new Error(made.text)
  if (credentials === undefined) return made.body.id
  const path = `/v1/integrations/${made.body.id}/connections/shared`
  const put = await web.server.send('PUT', path, { body: { auth: credentials } })
  if (put.status !== 201) throw new Error(put.text)
  return made.body.id
}

/** Runs the test in the open dialog and waits for its result. */
async function runTest(page: Page, words: string | RegExp): Promise<void> {
  await modal(page).getByLabel('Path').fill('/user')
  await modal(page)
    .getByRole('button', { name: /^Run test/ })
    .click()
  await testResult(page, words)
}

/** Waits for the result of a test in an alert. */
async function testResult(page: Page, words: string | RegExp): Promise<void> {
  await modal(page).getByRole('alert').filter({ hasText: words }).waitFor()
}

/** Selects an option of the combobox with this label by typing. */
async function choose(page: Page, label: string, typed: string): Promise<void> {
  await select(page, page.getByRole('combobox', { name: label }), typed)
}

/** Selects an option of a combobox by typing. */
async function select(page: Page, box: Locator, typed: string): Promise<void> {
  await box.click()
  await box.fill(typed)
  await page.locator('[role=option]').filter({ hasText: typed }).waitFor()
  await page.keyboard.press('Enter')
}

describe('a new integration', { timeout: PATIENCE_MS }, () => {
  it('is created from a template and tested by keyboard alone, and its secret is not kept in the page', async () => {
    const { page, pageErrors, requestedUrls, close } = await web.open('/integrations')
    await page.getByText('No integrations yet.').waitFor()
    await page.getByRole('button', { name: 'Choose from templates' }).last().focus()
    await page.keyboard.press('Enter')
    await modal(page).getByRole('searchbox', { name: 'Search templates' }).waitFor()
    await page.keyboard.type('github')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/integrations/new?template=github')
    await page.getByLabel('Base URL').focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type(upstream.url)
    await page.getByLabel('Token', { exact: true }).focus()
    await page.keyboard.type(`Bearer ${FIRST}`)
    const strip = page.getByRole('button', { name: 'Remove the word Bearer' })
    await strip.focus()
    await page.keyboard.press('Enter')
    const preview = page.getByTestId('preview')
    expect(await preview.textContent()).toContain(`${upstream.url}/user`)
    expect(await preview.textContent()).toContain('Authorization: Bearer ••••')
    await page.getByLabel('Token', { exact: true }).focus()
    await page.keyboard.press('Enter')
    await modal(page)
      .getByText(/The connection works\. The upstream responded with 200/)
      .waitFor()
    expect(upstream.requests.at(-1)).toEqual({
      method: 'GET',
      path: '/user',
      as: `Bearer ${FIRST}`,
    })
    await modal(page).getByRole('button', { name: 'Show details' }).click()
    await modal(page).getByText('"hello"').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText(/^Saved .* by admin/).waitFor()
    await page.getByText('Working').first().waitFor()
    expect(await everythingOf(page)).not.toContain(FIRST)
    expect(requestedUrls.filter((url) => url.includes(FIRST))).toEqual([])
    expect(pageErrors).toEqual([])
    await close()
  })

  it('shows errors next to the fields and keeps the input', async () => {
    const { page, close } = await web.open('/integrations/new')
    const address = page.getByLabel('Base URL')
    await address.fill('https://ada:pw@api.example.com')
    await address.blur()
    await page.getByText('Remove the username and password from the URL.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Inside')
    await address.fill('https://10.0.0.1/api')
    await choose(page, 'Authentication type', 'No authentication')
    const notes = page.getByLabel('Notes (optional)')
    await notes.fill('x'.repeat(251))
    await page.getByText('251 of 250 characters').waitFor()
    await page.getByRole('button', { name: 'Save without testing' }).click()
    await page.getByText('Enter at most 250 characters.').waitFor()
    expect(await notes.inputValue()).toHaveLength(251)
    await notes.fill('password: open-sesame-42')
    await page.getByText('This looks like a secret').waitFor()
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(0)
    await page.getByRole('button', { name: 'Save without testing' }).click()
    await page.locator('[aria-invalid="true"]').first().waitFor()
    expect(await address.getAttribute('aria-invalid')).toBe('true')
    expect(await address.inputValue()).toBe('https://10.0.0.1/api')
    await choose(page, 'Authentication type', 'Basic')
    await page.getByLabel('Username').fill('ada')
    await choose(page, 'Authentication type', 'HMAC')
    await choose(page, 'Authentication type', 'Basic')
    expect(await page.getByLabel('Username').inputValue()).toBe('ada')
    await page.getByRole('link', { name: 'All integrations' }).click()
    await modal(page).getByRole('button', { name: 'Discard changes' }).click()
    await page.waitForURL('**/integrations')
    await close()
  })

  it('can be copied from test to production without its secrets', async () => {
    const id = await createIntegration(
      { name: 'Trial', environment: 'test', notes: 'Ask Grace' },
      { kind: 'bearer', token: FIRST },
    )
    const { page, close } = await web.open('/integrations?environment=test')
    await page.getByRole('button', { name: 'Actions for Trial' }).click()
    await page.getByRole('menuitem', { name: 'Copy to production' }).click()
    await page.waitForURL(`**/integrations/new?from=${id}`)
    await page.getByText('Secrets are not copied').waitFor()
    const environment = page.getByRole('radiogroup', { name: 'Environment' }).last()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Trial')
    expect(await page.getByLabel('Notes').inputValue()).toBe('Ask Grace')
    expect(await environment.getByRole('radio', { name: 'Production' }).isChecked()).toBe(true)
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe('')
    await close()
  })
})

describe('an integration', { timeout: PATIENCE_MS }, () => {
  it('keeps its secret after an edit, but requires it again if the endpoint changes', async () => {
    const id = await createIntegration({}, { kind: 'bearer', token: FIRST })
    const { page, close } = await web.open(`/integrations/${id}`)
    const save = page.getByRole('button', { name: 'Save', exact: true })
    await page.getByLabel('Name', { exact: true }).fill('GitHub of ours')
    await save.click()
    await page.getByRole('heading', { level: 1, name: 'GitHub of ours' }).waitFor()
    await page.getByRole('button', { name: 'Test connection' }).click()
    await runTest(page, /The connection works/)
    expect(upstream.requests.at(-1)?.as).toBe(`Bearer ${FIRST}`)
    await page.keyboard.press('Escape')
    await page.getByLabel('Base URL').fill(upstream.url.replace('127.0.0.1', 'localhost.'))
    await page.getByText('enter the secrets again, because the endpoint changed').waitFor()
    await page.getByLabel('Base URL').fill(`${upstream.url}/api`)
    const sent = upstream.requests.length
    await save.click()
    const token = page.getByLabel('Token', { exact: true })
    await expect.poll(() => token.getAttribute('aria-invalid')).toBe('true')
    expect(await token.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.getByLabel('Base URL').fill(upstream.url)
    await page.getByRole('button', { name: 'Replace Token' }).click()
    await token.fill(SECOND)
    await save.click()
    await page.getByRole('button', { name: 'Replace Token' }).waitFor()
    await page.getByRole('button', { name: 'Test connection' }).click()
    await runTest(page, /The connection works/)
    expect(upstream.requests.slice(sent).map(({ as }) => as)).toEqual([`Bearer ${SECOND}`])
    await close()
  })

  it('explains why a test failed', async () => {
    const id = await createIntegration(
      { name: 'Refused' },
      { kind: 'bearer', token: 'wrong-token-0123' },
    )
    const { page, close } = await web.open(`/integrations/${id}?dialog=test`)
    await runTest(page, '401 or 403: credentials rejected.')
    await modal(page).getByLabel('Path').fill('/nowhere')
    await modal(page).getByRole('button', { name: 'Run test again' }).click()
    await testResult(page, '404: path not found.')
    await web.checkAxe(page)
    await close()
  })

  it('reports a concurrent change and can be saved after a reload', async () => {
    const id = await createIntegration({ name: 'Twice' })
    const { page, close } = await web.open(`/integrations/${id}`)
    await page.getByLabel('Notes').fill('Mine')
    await web.server.send('PATCH', `/v1/integrations/${id}`, { body: { name: 'Thrice' } })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText(/changed the data/).waitFor()
    await page.getByRole('button', { name: 'Reload', exact: true }).click()
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Thrice')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Discard changes' }).waitFor({ state: 'detached' })
    const { body } = await web.server.send('GET', `/v1/integrations/${id}`)
    expect([body.name, body.notes]).toEqual(['Thrice', 'Mine'])
    await close()
  })

  it('is deleted from the list after its name is typed', async () => {
    const id = await createIntegration({ name: 'Short-lived' }, { kind: 'bearer', token: FIRST })
    const { page, close } = await web.open('/integrations?q=short')
    await page.getByRole('button', { name: 'Actions for Short-lived' }).click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await modal(page).getByText('Calls through this integration fail immediately.').waitFor()
    const confirm = modal(page).getByLabel(/to confirm$/)
    await confirm.press('Enter')
    await modal(page).getByText('Enter the name exactly').waitFor()
    await confirm.fill('Short-lived')
    await modal(page).getByRole('button', { name: 'Delete integration' }).click()
    await page.getByText('No integrations match these filters.').waitFor()
    expect((await web.server.send('GET', `/v1/integrations/${id}`)).status).toBe(404)
    await close()
  })
})

describe('credentials', { timeout: PATIENCE_MS }, () => {
  it('of one organization can be added, are used only for it, and can be removed', async () => {
    await web.server.send('POST', '/v1/organizations', { body: { name: 'Globex' } })
    const id = await createIntegration({ name: 'Per organization' })
    const { page, close } = await web.open(`/integrations/${id}`)
    await page.getByRole('radio', { name: 'Different for each organization' }).check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Add credentials' }).click()
    await select(page, organizationBox(page), 'Globex')
    await modal(page).getByLabel('Token', { exact: true }).fill(GLOBEX)
    await modal(page).getByRole('button', { name: 'Save credentials' }).click()
    const menu = page.getByRole('button', { name: 'Actions for Globex' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Test' }).click()
    await runTest(page, /The connection works/)
    expect(upstream.requests.at(-1)?.as).toBe(`Bearer ${GLOBEX}`)
    expect(await everythingOf(page)).not.toContain(GLOBEX)
    await page.keyboard.press('Escape')
    await menu.click()
    await page.getByRole('menuitem', { name: 'Delete credentials' }).click()
    await modal(page).getByRole('button', { name: 'Delete credentials' }).click()
    await page.getByText('No organization has its own credentials yet.').waitFor()
    await close()
  })

  it('belong to the typed organization, even if Enter precedes the search response', async () => {
    await web.server.send('POST', '/v1/organizations', { body: { name: 'Initech' } })
    const id = await createIntegration({ name: 'For Initech', organizationSpecific: true })
    const { page, close } = await web.open(`/integrations/${id}?dialog=credentials`)
    const box = organizationBox(page)
    await box.click()
    await page.locator('[role=option]').filter({ hasText: 'Initech' }).waitFor()
    let respond = (): void => undefined
    const mayRespond = new Promise<void>((resolve) => {
      respond = resolve
    })
    await page.route('**/v1/organizations?*q=*', async (route) => {
      await mayRespond
      await route.continue()
    })
    await box.fill('initech')
    await page.keyboard.press('Enter')
    expect(await box.inputValue()).toBe('Initech')
    respond()
    await close()
  })

  it('belong to no organization if the search failed', async () => {
    const id = await createIntegration({ name: 'Search fails', organizationSpecific: true })
    const { page, close } = await web.open(`/integrations/${id}?dialog=credentials`)
    const box = organizationBox(page)
    await box.click()
    const options = page.locator('[role=option]')
    await options.first().waitFor()
    const failed = page.waitForResponse(/organizations\?.*q=initech/)
    // An error that is not retried.
    await page.route('**/v1/organizations?*q=*', (route) => route.fulfill({ status: 400 }))
    await box.fill('initech')
    await failed
    await expect.poll(() => options.count()).toBe(0)
    await page.keyboard.press('Enter')
    expect(await box.inputValue()).toBe('')
    await close()
  })

  it.each([
    ['Connected.', 'read'],
    ['The provider denied access', 'nothing'],
  ])('of a person are stored after an OAuth authorization: %s', async (words, scope) => {
    const auth = {
      kind: 'oauth2_authorization_code',
      authorizationUrl: `${upstream.url}/authorize`,
      tokenUrl: `${upstream.url}/token`,
      scopes: [scope],
    }
    const secrets = { kind: auth.kind, clientId: 'acme', clientSecret: 'hush, hush' }
    const id = await createIntegration({ name: 'With consent', auth }, secrets)
    const { page, close } = await web.open(`/integrations/${id}?dialog=connect&target=shared`)
    const redirectUrl = `${web.server.url}/connect/callback`
    await modal(page).getByText(redirectUrl).waitFor()
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      modal(page).getByRole('button', { name: 'Connect' }).click(),
    ])
    await modal(page).getByText(words).waitFor()
    if (!popup.isClosed()) await popup.close()
    await close()
  })
})

describe('the pages of integrations', { timeout: PATIENCE_MS }, () => {
  it('require a privilege; members without it learn whom to ask, and viewers get read-only pages', async () => {
    const id = await createIntegration({
      name: 'Seen by some',
      headers: [{ name: 'X-From', value: 'acme' }],
    })
    const without = await addPerson(web.server, { privileges: ['credentials.view'] })
    const theirs = await web.open('/integrations', { as: { ...without, password: PASSWORD } })
    await theirs.page.getByText('You need the privilege ‘View integrations’.').waitFor()
    expect(await theirs.page.getByRole('link', { name: 'Integrations' }).count()).toBe(0)
    await theirs.close()
    const viewer = await addPerson(web.server, { privileges: ['integrations.view'] })
    const read = await web.open(`/integrations/${id}`, { as: { ...viewer, password: PASSWORD } })
    await read.page.getByText('Header X-From').waitFor()
    expect(await read.page.getByRole('textbox').count()).toBe(0)
    await web.checkAxe(read.page)
    await read.close()
  })

  it('are not available if the feature is disabled for the organization', async () => {
    const { server } = web
    const body = { name: 'Without', features: { stored: false } }
    const made = await server.send('POST', '/v1/organizations', { body })
    const person = await addPerson(server, {
      organizationId: made.body.id,
      privileges: ['integrations.view', 'integrations.manage'],
    })
    const { page, close } = await web.open('/integrations', {
      as: { ...person, password: PASSWORD },
    })
    await page.getByText('Integrations are disabled').waitFor()
    expect(await page.getByRole('link', { name: 'Integrations' }).count()).toBe(0)
    await close()
  })
})

/** Returns everything that a page contains: DOM, input values, storage, URL and history state. */
async function everythingOf(page: Page): Promise<string> {
  return page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('input, textarea')].map((field) =>
        String(Reflect.get(field, 'value')),
      ),
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      location.href,
      JSON.stringify(history.state),
    ].join('\n'),
  )
}
