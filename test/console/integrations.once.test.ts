import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole } from '../support/console.ts'
import { addPerson, PASSWORD } from '../support/people.ts'
import { type PretendUpstream, startPretendUpstream } from '../support/pretend-upstream.ts'

// Other people's APIs, recorded and tried out in a browser.

const FIRST = 'ghp_first0123456789abcdef'
const SECOND = 'ghp_second0123456789abcdef'
const GLOBEX = 'ghp_globex0123456789abcdef'

// On a busy machine a page takes its time.
const PATIENCE_MS = 120_000

let under: ConsoleUnderTest
let upstream: PretendUpstream

beforeAll(async () => {
  upstream = await startPretendUpstream([FIRST, SECOND, GLOBEX])
  under = await startConsole({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
})
afterAll(async () => {
  await under.close()
  await upstream.close()
})

const modal = (page: Page) => page.locator('dialog:modal').last()

/** Records an integration of the upstream through the API. */
async function record(body: object, values?: object): Promise<string> {
  const usual = { name: 'GitHub', baseUrl: upstream.url, contentType: 'json' }
  const made = await under.server.ask('POST', '/v1/integrations', {
    body: { ...usual, auth: { kind: 'bearer' }, ...body },
  })
  if (made.status !== 201) throw new Error(made.text)
  if (values === undefined) return made.body.id
  const path = `/v1/integrations/${made.body.id}/connections/shared`
  const put = await under.server.ask('PUT', path, { body: { auth: values } })
  if (put.status !== 201) throw new Error(put.text)
  return made.body.id
}

/** Runs the test that the page is about to run, and waits for what it says. */
async function runTest(page: Page, words: string | RegExp): Promise<void> {
  await modal(page).getByLabel('Path').fill('/user')
  await modal(page)
    .getByRole('button', { name: /^Run test/ })
    .click()
  await verdict(page, words)
}

/** Waits for what a test says of itself, for everybody to see. */
async function verdict(page: Page, words: string | RegExp): Promise<void> {
  await modal(page).getByRole('alert').filter({ hasText: words }).waitFor()
}

/** Chooses one of a list by typing. */
async function choose(page: Page, label: string, typed: string): Promise<void> {
  const box = page.getByRole('combobox', { name: label })
  await box.click()
  await box.fill(typed)
  await page.locator('[role=option]').filter({ hasText: typed }).waitFor()
  await page.keyboard.press('Enter')
}

describe('a new integration', { timeout: PATIENCE_MS }, () => {
  it('is made from a template with the keyboard alone, and tested; its secret is nowhere then', async () => {
    const { page, complaints, requested, close } = await under.open('/integrations')
    await page.getByText('No integration credentials yet.').waitFor()
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
    const strip = page.getByRole('button', { name: 'Take the word away' })
    await strip.focus()
    await page.keyboard.press('Enter')
    const preview = page.getByTestId('preview')
    expect(await preview.textContent()).toContain(`${upstream.url}/user`)
    expect(await preview.textContent()).toContain('Authorization: Bearer ••••')
    await page.getByLabel('Token', { exact: true }).focus()
    await page.keyboard.press('Enter')
    await modal(page)
      .getByText(/It works\. The server answered 200/)
      .waitFor()
    expect(upstream.seen.at(-1)).toEqual({ method: 'GET', path: '/user', as: `Bearer ${FIRST}` })
    await modal(page).getByRole('button', { name: 'Show details' }).click()
    await modal(page).getByText('"hello"').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText(/^Saved .* by admin/).waitFor()
    await page.getByText('Working').first().waitFor()
    expect(await everythingOf(page)).not.toContain(FIRST)
    expect(requested.filter((url) => url.includes(FIRST))).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  it('says in words what is not right, beside the fields, and keeps what was typed', async () => {
    const { page, close } = await under.open('/integrations/new')
    const address = page.getByLabel('Base URL')
    await address.fill('https://ada:pw@api.example.com')
    await address.blur()
    await page.getByText('No user name and password in the address.').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Inside')
    await address.fill('https://10.0.0.1/api')
    await choose(page, 'Type', 'No authentication')
    const notes = page.getByLabel('Notes (optional)')
    await notes.fill('x'.repeat(251))
    await page.getByText('251 of 250 characters').waitFor()
    await page.getByRole('button', { name: 'Save without a test' }).click()
    await page.getByText('Enter at most 250 characters.').waitFor()
    expect(await notes.inputValue()).toHaveLength(251)
    await notes.fill('password: open-sesame-42')
    await page.getByText('This looks like a secret').waitFor()
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(0)
    await page.getByRole('button', { name: 'Save without a test' }).click()
    await page.locator('[aria-invalid="true"]').first().waitFor()
    expect(await address.getAttribute('aria-invalid')).toBe('true')
    expect(await address.inputValue()).toBe('https://10.0.0.1/api')
    await choose(page, 'Type', 'Basic')
    await page.getByLabel('User name').fill('ada')
    await choose(page, 'Type', 'HMAC')
    await choose(page, 'Type', 'Basic')
    expect(await page.getByLabel('User name').inputValue()).toBe('ada')
    await page.getByRole('link', { name: 'All integrations' }).click()
    await modal(page).getByRole('button', { name: 'Discard changes' }).click()
    await page.waitForURL('**/integrations')
    await close()
  })

  it('is a copy for production of one for tests, without its secrets', async () => {
    const id = await record(
      { name: 'Trial', environment: 'test', notes: 'Ask Grace' },
      { kind: 'bearer', token: FIRST },
    )
    const { page, close } = await under.open('/integrations?environment=test')
    await page.getByRole('button', { name: 'Actions for Trial' }).click()
    await page.getByRole('menuitem', { name: 'Copy to production' }).click()
    await page.waitForURL(`**/integrations/new?from=${id}`)
    await page.getByText('The secrets are not in it').waitFor()
    const environment = page.getByRole('radiogroup', { name: 'Environment' }).last()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Trial')
    expect(await page.getByLabel('Notes').inputValue()).toBe('Ask Grace')
    expect(await environment.getByRole('radio', { name: 'Production' }).isChecked()).toBe(true)
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe('')
    await close()
  })
})

describe('an integration', { timeout: PATIENCE_MS }, () => {
  it('keeps its secret when something else is changed; another address demands it again', async () => {
    const id = await record({}, { kind: 'bearer', token: FIRST })
    const { page, close } = await under.open(`/integrations/${id}`)
    const save = page.getByRole('button', { name: 'Save', exact: true })
    await page.getByLabel('Name', { exact: true }).fill('GitHub of ours')
    await save.click()
    await page.getByRole('heading', { level: 1, name: 'GitHub of ours' }).waitFor()
    await page.getByRole('button', { name: 'Test connection' }).click()
    await runTest(page, /It works/)
    expect(upstream.seen.at(-1)?.as).toBe(`Bearer ${FIRST}`)
    await page.keyboard.press('Escape')
    await page.getByLabel('Base URL').fill(upstream.url.replace('127.0.0.1', 'localhost.'))
    await page.getByText('enter the secrets again because the address changed').waitFor()
    await page.getByLabel('Base URL').fill(`${upstream.url}/api`)
    const sent = upstream.seen.length
    await save.click()
    const token = page.getByLabel('Token', { exact: true })
    await expect.poll(() => token.getAttribute('aria-invalid')).toBe('true')
    expect(await token.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.getByLabel('Base URL').fill(upstream.url)
    await page.getByRole('button', { name: 'Replace: Token' }).click()
    await token.fill(SECOND)
    await save.click()
    await page.getByRole('button', { name: 'Replace: Token' }).waitFor()
    await page.getByRole('button', { name: 'Test connection' }).click()
    await runTest(page, /It works/)
    expect(upstream.seen.slice(sent).map(({ as }) => as)).toEqual([`Bearer ${SECOND}`])
    await close()
  })

  it('tells in words why a test failed', async () => {
    const id = await record({ name: 'Refused' }, { kind: 'bearer', token: 'wrong-token-0123' })
    const { page, close } = await under.open(`/integrations/${id}?dialog=test`)
    await runTest(page, 'The server refused these sign-in details.')
    await modal(page).getByLabel('Path').fill('/nowhere')
    await modal(page).getByRole('button', { name: 'Run test again' }).click()
    await verdict(page, 'this path does not exist')
    await under.checkAxe(page)
    await close()
  })

  it('says who was first when two change it, and goes on', async () => {
    const id = await record({ name: 'Twice' })
    const { page, close } = await under.open(`/integrations/${id}`)
    await page.getByLabel('Notes').fill('Mine')
    await under.server.ask('PATCH', `/v1/integrations/${id}`, { body: { name: 'Thrice' } })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText(/changed this/).waitFor()
    await page.getByRole('button', { name: 'Reload', exact: true }).click()
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Thrice')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Discard changes' }).waitFor({ state: 'detached' })
    const { body } = await under.server.ask('GET', `/v1/integrations/${id}`)
    expect([body.name, body.notes]).toEqual(['Thrice', 'Mine'])
    await close()
  })

  it('is deleted from the list when its name is typed', async () => {
    const id = await record({ name: 'Short-lived' }, { kind: 'bearer', token: FIRST })
    const { page, close } = await under.open('/integrations?q=short')
    await page.getByRole('button', { name: 'Actions for Short-lived' }).click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    await modal(page).getByText('Every call through it fails at once.').waitFor()
    const confirm = modal(page).getByLabel(/to confirm$/)
    await confirm.press('Enter')
    await modal(page).getByText('Enter the name exactly').waitFor()
    await confirm.fill('Short-lived')
    await modal(page).getByRole('button', { name: 'Delete integration' }).click()
    await page.getByText('No integrations match these filters.').waitFor()
    expect((await under.server.ask('GET', `/v1/integrations/${id}`)).status).toBe(404)
    await close()
  })
})

describe('values', { timeout: PATIENCE_MS }, () => {
  it('of one organization are given, used for it alone, and taken away', async () => {
    await under.server.ask('POST', '/v1/organizations', { body: { name: 'Globex' } })
    const id = await record({ name: 'Per organization' })
    const { page, close } = await under.open(`/integrations/${id}`)
    await page.getByRole('radio', { name: 'Different for each organization' }).check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Add organization' }).click()
    await choose(page, 'Whose values?', 'Globex')
    await modal(page).getByLabel('Token', { exact: true }).fill(GLOBEX)
    await modal(page).getByRole('button', { name: 'Save values' }).click()
    const menu = page.getByRole('button', { name: 'Actions for Globex' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Test' }).click()
    await runTest(page, /It works/)
    expect(upstream.seen.at(-1)?.as).toBe(`Bearer ${GLOBEX}`)
    expect(await everythingOf(page)).not.toContain(GLOBEX)
    await page.keyboard.press('Escape')
    await menu.click()
    await page.getByRole('menuitem', { name: 'Remove organization' }).click()
    await modal(page).getByRole('button', { name: 'Remove organization' }).click()
    await page.getByText('No organization has values yet.').waitFor()
    await close()
  })

  it('go to the organization that was typed, also where Enter comes before the server’s answer', async () => {
    await under.server.ask('POST', '/v1/organizations', { body: { name: 'Initech' } })
    const id = await record({ name: 'For Initech', organizationSpecific: true })
    const { page, close } = await under.open(`/integrations/${id}?dialog=values`)
    const box = page.getByRole('combobox', { name: 'Whose values?' })
    await box.click()
    await page.locator('[role=option]').filter({ hasText: 'Initech' }).waitFor()
    let answer = (): void => undefined
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/v1/organizations?*q=*', async (route) => {
      await mayAnswer
      await route.continue()
    })
    await box.fill('initech')
    await page.keyboard.press('Enter')
    expect(await box.inputValue()).toBe('Initech')
    answer()
    await close()
  })

  it('go to nobody where the search for what was typed failed', async () => {
    const id = await record({ name: 'For nobody', organizationSpecific: true })
    const { page, close } = await under.open(`/integrations/${id}?dialog=values`)
    const box = page.getByRole('combobox', { name: 'Whose values?' })
    await box.click()
    const options = page.locator('[role=option]')
    await options.first().waitFor()
    const failed = page.waitForResponse(/organizations\?.*q=initech/)
    // A fault that is not tried again.
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
    ['The other system refused', 'nothing'],
  ])('of a person who signs in to the other side: %s', async (words, scope) => {
    const auth = {
      kind: 'oauth2_authorization_code',
      authorizationUrl: `${upstream.url}/authorize`,
      tokenUrl: `${upstream.url}/token`,
      scopes: [scope],
    }
    const secrets = { kind: auth.kind, clientId: 'acme', clientSecret: 'hush, hush' }
    const id = await record({ name: 'With consent', auth }, secrets)
    const { page, close } = await under.open(`/integrations/${id}?dialog=connect&target=shared`)
    const redirectUrl = `${under.server.url}/connect/callback`
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
  it('are for those who hold the privilege; others read whom to ask, or read alone', async () => {
    const id = await record({ name: 'Seen by some', headers: [{ name: 'X-From', value: 'acme' }] })
    const without = await addPerson(under.server, { privileges: ['credentials.view'] })
    const theirs = await under.open('/integrations', { as: { ...without, password: PASSWORD } })
    await theirs.page.getByText('You need the privilege ‘View integrations’.').waitFor()
    expect(await theirs.page.getByRole('link', { name: 'Integrations' }).count()).toBe(0)
    await theirs.close()
    const viewer = await addPerson(under.server, { privileges: ['integrations.view'] })
    const read = await under.open(`/integrations/${id}`, { as: { ...viewer, password: PASSWORD } })
    await read.page.getByText('Header X-From').waitFor()
    expect(await read.page.getByRole('textbox').count()).toBe(0)
    await under.checkAxe(read.page)
    await read.close()
  })

  it('are not there for an organization that does not have this part', async () => {
    const { server } = under
    const body = { name: 'Without', features: { stored: false } }
    const made = await server.ask('POST', '/v1/organizations', { body })
    const person = await addPerson(server, {
      organizationId: made.body.id,
      privileges: ['integrations.view', 'integrations.manage'],
    })
    const { page, close } = await under.open('/integrations', {
      as: { ...person, password: PASSWORD },
    })
    await page.getByText('Integrations are not switched on').waitFor()
    expect(await page.getByRole('link', { name: 'Integrations' }).count()).toBe(0)
    await close()
  })
})

/** Whatever a page holds: what stands in it, what is typed, and what it keeps. */
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
