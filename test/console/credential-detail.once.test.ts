import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole, waitUntilLoaded } from '../support/console.ts'
import { createContactsApi, createCredential, requestToken } from '../support/credentials.ts'
import { addPerson, PASSWORD, signIn } from '../support/people.ts'

let web: ConsoleUnderTest

beforeAll(async () => {
  web = await startConsole()
  await createContactsApi(web.server)
})
afterAll(() => web.close())

const at = (id: string, rest = '') => `/credentials/${id}${rest}`
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const exact = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function credentialOf(id: string) {
  const { body } = await web.server.send('GET', `/v1/credentials/${id}`)
  return body
}

async function outcomesOf(id: string) {
  await web.server.flushUsage()
  const { body } = await web.server.send('GET', `/v1/credentials/${id}/usage?interval=hour`)
  return body.totals.outcomes
}

describe('an edit of a credential', () => {
  it('reports a concurrent change, keeps the input and is saved after a reload', async () => {
    const { server } = web
    const { id } = await createCredential(server, { name: 'Zeus', permissions: ['CONTACT_READ'] })
    const { page, close, pageErrors } = await web.open(at(id))
    await button(page, 'Change name').click()
    await page.getByLabel('Name', { exact: true }).fill('Zeus of the first tab')
    const second = await addPerson(server, {
      name: 'Grace',
      email: 'grace@example.com',
      privileges: ['credentials.view', 'credentials.manage'],
    })
    const change = { body: { notes: 'Written by Grace.' } }
    expect((await second.send('PATCH', `/v1/credentials/${id}`, change)).status).toBe(200)

    await exact(page, 'Save').click()
    const notice = page.getByRole('alert')
    await notice.getByText('Grace changed the data').waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe(
      'Zeus of the first tab',
    )
    await notice.getByRole('button', { name: 'See changes' }).click()
    await notice.getByRole('cell', { name: 'Written by Grace.' }).waitFor()
    await web.checkAxe(page)
    expect(await credentialOf(id)).toMatchObject({ name: 'Zeus', notes: 'Written by Grace.' })

    await notice.getByRole('button', { name: 'Reload' }).click()
    await notice.waitFor({ state: 'detached' })
    await exact(page, 'Save').click()
    await page.getByRole('heading', { name: 'Zeus of the first tab' }).waitFor()
    expect(await credentialOf(id)).toMatchObject({
      name: 'Zeus of the first tab',
      notes: 'Written by Grace.',
    })
    expect(pageErrors).toEqual([])
    await close()
  })

  it('of permissions does not undo a change saved in another tab', async () => {
    const { server } = web
    const { id } = await createCredential(server, {
      name: 'Hermes',
      permissions: ['CONTACT_READ', 'EVENT_READ'],
    })
    const { page, context, close } = await web.open(at(id, '/permissions'))
    const other = await context.newPage()
    await other.goto(at(id, '/permissions'))
    await waitUntilLoaded(other)
    for (const tab of [page, other]) await exact(tab, 'Edit').click()

    await other.getByRole('checkbox', { name: 'Read – EVENT' }).uncheck()
    await button(other, 'Save permissions').click()
    await exact(other, 'Edit').waitFor()

    await page.getByRole('checkbox', { name: 'Write – CONTACT' }).check()
    await page.getByText('+ CONTACT_WRITE').waitFor()
    await button(page, 'Save permissions').click()
    await page.getByText('You changed the data').waitFor()
    await button(page, 'Reload').click()
    await page.getByText('You changed the data').waitFor({ state: 'detached' })
    await page.getByText('+ CONTACT_WRITE').waitFor()
    await button(page, 'Save permissions').click()
    await exact(page, 'Edit').waitFor()
    expect((await credentialOf(id)).permissions).toEqual(['CONTACT_READ', 'CONTACT_WRITE'])
    await close()
  })

  it('during which the session ends is saved after signing in again', async () => {
    const { server } = web
    const { id } = await createCredential(server, { name: 'Iris' })
    const person = await addPerson(server, {
      email: 'iris@example.com',
      privileges: ['credentials.view', 'credentials.manage'],
    })
    const as = { email: person.email, password: PASSWORD }
    const { page, close } = await web.open(at(id), { as })
    await button(page, 'Edit notes').click()
    await page.getByRole('textbox', { name: 'Notes' }).fill('Three lines\nthat were long\nto type')
    const fresh = await signIn(server, person.email)
    const sessions = await fresh.send('GET', '/v1/sessions')
    for (const session of sessions.body.data) {
      if (!session.current) await fresh.send('DELETE', `/v1/sessions/${session.id}`)
    }

    await exact(page, 'Save').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Your session has ended').waitFor()
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await button(page, 'Edit notes').waitFor()
    expect((await credentialOf(id)).notes).toBe('Three lines\nthat were long\nto type')
    await close()
  })
})

describe('an expiry', () => {
  it('is an instant in the member’s time zone, within a year of creation', async () => {
    const { id } = await createCredential(web.server, { name: 'Chronos' })
    const { createdAt } = await credentialOf(id)
    const { page, close } = await web.open(at(id, '?dialog=expiry'), {
      timeZone: 'Pacific/Kiritimati',
    })
    const year = new Date().getFullYear()
    await page.getByLabel('Date').fill(`${year + 2}-01-01`)
    await exact(page, 'Save').click()
    await page.getByText(/^Choose .* or earlier\.$/).waitFor()
    await page.getByLabel('Date').fill(`${year - 1}-01-01`)
    await exact(page, 'Save').click()
    await page.getByText('Enter a time in the future.').waitFor()

    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
    await page.getByLabel('Date').fill(tomorrow)
    await page.getByLabel('Time (Pacific/Kiritimati)').fill('00:30')
    await exact(page, 'Save').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // 14 hours ahead of UTC, all year round.
    const wanted = new Date(Date.parse(`${tomorrow}T00:30:00Z`) - 14 * 3_600_000).toISOString()
    expect((await credentialOf(id)).expiresAt).toBe(wanted)

    await button(page, 'Change expiry').click()
    await button(page, 'Latest possible').click()
    await exact(page, 'Save').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const latest = new Date(createdAt)
    latest.setUTCFullYear(latest.getUTCFullYear() + 1)
    expect((await credentialOf(id)).expiresAt).toBe(latest.toISOString())
    await close()
  })
})

describe('usage', () => {
  it('is equal in summary, chart and table, and unused permissions can be removed', async () => {
    const { server } = web
    const used = await createCredential(server, { name: 'Ares' })
    const verify = (permission: string) =>
      server.send('POST', '/v1/verify', {
        body: {
          clientId: used.clientId,
          clientSecret: used.clientSecret,
          permissions: [permission],
        },
      })
    for (const permission of ['CONTACT_READ', 'CONTACT_READ', 'CONTACT_READ', 'NONE_READ']) {
      await verify(permission)
    }
    await requestToken(server, used)
    expect(await outcomesOf(used.id)).toEqual({
      valid: 3,
      insufficient_permissions: 1,
      token_issued: 1,
    })
    const { page, close } = await web.open(at(used.id, '/usage?range=24h'))
    await page.getByRole('img', { name: '4 requests in 24 hours, 75% accepted.' }).waitFor()
    await page.getByRole('switch', { name: 'View as table' }).click()
    await page.waitForURL('**view=table')
    const total = page.getByRole('table', { name: 'Requests over time' }).getByRole('row').last()
    expect(await total.innerText()).toMatch(/Total\s+3\s+1\s+1/)

    await button(page, 'Remove EVENT_READ').click()
    await page.waitForURL('**dialog=remove**')
    await button(page, 'Remove permission').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await credentialOf(used.id)).permissions).toEqual([
      'CONTACT_READ',
      'CONTACT_WRITE',
      'CONTACT_DELETE',
    ])
    await close()
  })
})

describe('a credential', () => {
  it('keeps its page after it is revoked, with a notice and without controls', async () => {
    const { id } = await createCredential(web.server, { name: 'Hera' })
    const { page, close } = await web.open(at(id))
    await exact(page, 'Revoke').click()
    await page.waitForURL('**dialog=revoke')
    await page.goBack()
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await exact(page, 'Revoke').click()
    await button(page, 'Revoke credential').click()
    await page.getByText('Revoked just now').waitFor()
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    expect(await exact(page, 'Revoke').count()).toBe(0)
    expect(await button(page, /Change|Edit/).count()).toBe(0)
    expect((await credentialOf(id)).status).toBe('revoked')
    await close()
  })

  it('of another organization is indistinguishable from one that does not exist', async () => {
    const { page, close } = await web.open(at('cred_01m80q2r98ejwbye1wzctknvwq'))
    await page.getByText('The credential does not exist, or you don’t have access to it.').waitFor()
    await page.getByRole('link', { name: 'All API credentials' }).click()
    await page.waitForURL('**/credentials')
    await close()
  })

  it('has no controls for members with read-only access', async () => {
    const { server } = web
    const { id } = await createCredential(server, { name: 'Echo' })
    const { email } = await addPerson(server, { privileges: ['credentials.view'] })
    const as = { email, password: PASSWORD }
    const { page, close } = await web.open(at(id, '?dialog=revoke'), { as })
    expect(await page.getByRole('alertdialog').count()).toBe(0)
    expect(await button(page, /Revoke|Change|Edit/).count()).toBe(0)
    await page.getByRole('tab', { name: 'Audit log' }).click()
    await page.getByText('You need the privilege ‘View the audit log’.').waitFor()
    await close()
  })
})
