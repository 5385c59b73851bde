import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole, waitUntilLoaded } from '../support/console.ts'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import { addPerson, PASSWORD } from '../support/people.ts'
import { runSql } from '../support/raw-sql.ts'

let web: ConsoleUnderTest
let zeus: IssuedCredential
let hera: IssuedCredential

beforeAll(async () => {
  web = await startConsole()
  const { server } = web
  await createContactsApi(server)
  zeus = await createCredential(server, { name: 'Zeus', permissions: ['CONTACT_READ'] })
  hera = await createCredential(server, { name: 'Hera' })
  await server.send('PATCH', `/v1/credentials/${zeus.id}`, {
    body: { notes: 'Call Grace.', permissions: ['EVENT_READ'] },
  })
  await server.send('POST', `/v1/credentials/${hera.id}/revoke`, { body: { reason: 'leaked' } })
  await server.send('POST', '/oauth/token', {
    as: { clientId: zeus.clientId, clientSecret: 'wrong' },
    form: { grant_type: 'client_credentials' },
  })
})
afterAll(() => web.close())

const rows = (page: Page) => page.getByRole('table', { name: 'Events' }).getByRole('row')

describe('the audit log', () => {
  it('shows events as sentences with expandable changes and request ID', async () => {
    const { page, pageErrors, close } = await web.open('/audit')
    const revoked = rows(page).filter({
      hasText: 'revoked the API credential Hera (reason: leaked)',
    })
    expect(await revoked.count()).toBe(1)
    await rows(page)
      .filter({ hasText: 'A request with Zeus was rejected (reason: wrong secret)' })
      .waitFor()
    const changed = rows(page).filter({ hasText: 'changed the API credential Zeus' })
    const opener = changed.getByRole('button', { name: /^Details of event \d+$/ })
    await opener.click()
    expect(await opener.getAttribute('aria-expanded')).toBe('true')
    const changes = page.getByRole('table', { name: 'Changes' })
    const text = await changes.innerText()
    for (const part of ['Call Grace.', '− CONTACT_READ', '+ EVENT_READ'])
      expect(text).toContain(part)
    await page.getByText(/^req_/).waitFor()
    await web.checkAxe(page)
    await changed.getByRole('link', { name: 'Zeus' }).click()
    await page.waitForURL(`**/credentials/${zeus.id}`)
    expect(pageErrors).toEqual([])
    await close()
  })

  it('is filtered by its URL, shows when no events match, and clears the filters', async () => {
    const { page, close } = await web.open(`/audit?target=${zeus.id}&result=refused`)
    expect(await rows(page).count()).toBe(2)
    await page.getByLabel('Result', { exact: true }).selectOption('Success')
    await page.waitForURL('**result=success**')
    await rows(page).filter({ hasText: 'created the API credential Zeus' }).waitFor()
    expect(await rows(page).count()).toBe(3)
    await page.getByLabel('Action').selectOption('Credential revoked')
    await page.getByText('No events match these filters.').waitFor()
    await page.goBack()
    await rows(page).filter({ hasText: 'changed the API credential Zeus' }).waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await page.waitForURL((url) => url.search === '')
    await rows(page).filter({ hasText: 'revoked the API credential Hera' }).waitFor()
    await close()
  })

  it('is paged within a fixed time range', async () => {
    const { server } = web
    for (let index = 0; index < 25; index += 1) {
      await server.send('PATCH', `/v1/credentials/${zeus.id}`, { body: { notes: `${index}` } })
    }
    const { page, close } = await web.open('/audit?range=24h')
    expect(await rows(page).count()).toBe(26)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.waitForURL('**cursor=**')
    await rows(page).filter({ hasText: 'revoked the API credential Hera' }).waitFor()
    await page.reload()
    await waitUntilLoaded(page)
    await rows(page).filter({ hasText: 'revoked the API credential Hera' }).waitFor()
    await page.getByRole('button', { name: 'Previous' }).click()
    await page.waitForURL((url) => !url.search.includes('cursor'))
    await close()
  })

  it('exports the filtered events', async () => {
    const { page, close } = await web.open(`/audit?target=${hera.id}`)
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /^NDJSON/ }).click(),
    ])
    expect(download.suggestedFilename()).toBe('audit-events.ndjson')
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line).action)).toEqual([
      'credential.created',
      'credential.revoked',
    ])
    await close()
  })

  it('updates itself in live mode and announces the number of new events', async () => {
    const { page, close } = await web.open(`/audit?target=${zeus.id}`)
    await page.getByRole('switch', { name: 'Live' }).click()
    await page.waitForURL('**live=1**')
    await web.server.send('PATCH', `/v1/credentials/${zeus.id}`, { body: { name: 'Zeus II' } })
    await page.getByText('1 new event').first().waitFor()
    await rows(page).nth(1).getByText('changed the API credential Zeus II').waitFor()
    await close()
  })

  it('requires a privilege', async () => {
    const { email } = await addPerson(web.server, { privileges: ['credentials.view'] })
    const { page, close } = await web.open('/audit', { as: { email, password: PASSWORD } })
    await page.getByText('You need the privilege ‘View the audit log’.').waitFor()
    expect(await page.getByRole('button', { name: /Verify|Export/ }).count()).toBe(0)
    await close()
  })

  it('can be verified, which detects tampering', async () => {
    const { server } = web
    const { page, close } = await web.open('/audit')
    await page.getByRole('button', { name: 'Verify log' }).click()
    await page.getByText(/^The log is intact: \d+ events verified$/).waitFor()
    await runSql(server, "UPDATE audit_events SET reason = 'lost' WHERE reason = 'leaked'")
    await page.getByRole('button', { name: 'Verify log' }).click()
    await page.getByText('The log is not intact').waitFor()
    await page.getByText(/^The first problem is at event \d+\./).waitFor()
    await close()
  })
})
