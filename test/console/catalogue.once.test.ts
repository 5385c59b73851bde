import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, settle, startConsole } from '../support/console.ts'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  createOrganization,
} from '../support/issue.ts'
import { addPerson, PASSWORD } from '../support/people.ts'
import { requireVectors } from '../support/vectors.ts'

let under: ConsoleUnderTest

beforeAll(async () => {
  under = await startConsole()
})
afterAll(() => under.close())

// Every test describes its own api: an identifier belongs to one alone.
let count = 0
async function newApi(changes: object = {}): Promise<string> {
  count += 1
  const identifier = `https://api-${count}.example.com`
  const { id } = await createContactsApi(under.server, {
    name: `Contacts ${count}`,
    identifier,
    ...changes,
  })
  return id
}

const documentOf = (paths: object, title = 'Ships') =>
  JSON.stringify({ openapi: '3.1.0', info: { title, version: '1' }, paths })

const ships = documentOf({
  '/ships': {
    get: { description: 'Lists them.\n\nNeeds: SHIP_READ' },
    post: { description: 'Needs: SHIP_WRITE, CREW_READ' },
  },
  '/health': { get: { description: 'Anybody may ask.' } },
})

async function importText(page: Page, document: string): Promise<void> {
  await page.getByLabel('Or paste its text').fill(document)
  await page.getByRole('button', { name: 'Continue' }).click()
}

describe('an import', () => {
  it('shows what a document holds before it changes anything, and leads to the api that it made', async () => {
    const { page, complaints, close } = await under.open('/apis/import')
    await importText(page, ships)
    await page.getByLabel('In its descriptions').check()
    await page.getByLabel('Phrase, with * for the names').fill('Needs: *')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('1 operation names no permission').waitFor()
    expect(await numbersOf(page)).toEqual(['2', '3', '3', '1'])
    await under.checkAxe(page)
    expect(await apisNamed('Ships')).toEqual([])

    await page.goBack()
    expect(await page.getByLabel('Phrase, with * for the names').inputValue()).toBe('Needs: *')
    await page.goForward()
    await page.getByRole('button', { name: 'Create the api' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ships' }).waitFor()
    const [made] = await apisNamed('Ships')
    expect(made?.scopes).toEqual(['CREW_READ', 'SHIP_READ', 'SHIP_WRITE'])
    expect(complaints).toEqual([])
    await close()
  })

  it('finds 17 resources, 38 permissions and 162 operations in Sedna’s document, by its own phrase', async (ctx) => {
    const path = requireVectors(ctx, 'openapi', 'sedna.json')
    const { page, close } = await under.open('/apis/import')
    await page.getByLabel('Choose a file').setInputFiles(path)
    await page.getByText('sedna.json').waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await page.getByLabel('Phrase, with * for the names').inputValue()).toBe(
      'Required API Permissions: *',
    )
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('POST /oauth/token').first().waitFor()
    expect(await numbersOf(page)).toEqual(['17', '38', '162', '1'])
    await close()
  })

  it('says where a document is wrong, and keeps it', async () => {
    const { page, close } = await under.open('/apis/import')
    await importText(page, '{\n  "openapi": "3.1.0",\n  oops\n}')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('alert').getByText('line 3').waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    const field = page.getByLabel('Or paste its text')
    expect(await field.inputValue()).toContain('oops')
    await field.fill(documentOf({ '/ships': { get: { 'x-keyporter-permission': 7 } } }))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('/paths/~1ships/get/x-keyporter-permission').waitFor()
    await close()
  })

  it('of what was exported as OpenAPI changes nothing', async () => {
    const permissions = ['EVENT_READ', 'CONTACT_WRITE']
    const create = { method: 'POST', path: '/v1/contacts', permissions }
    const id = await newApi({ operations: [...contactsApi.operations, create] })
    const { page, close } = await under.open(`/apis/${id}`)
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /^OpenAPI/ }).click(),
    ])
    const exported = readFileSync(await download.path(), 'utf8')
    await page.goto(`/apis/import?api=${id}`)
    await importText(page, exported)
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('Nothing changes').waitFor()
    await close()
  })
})

describe('the permission table', () => {
  it('says who loses a removed permission, and lets nobody in whom the rest would have let in', async () => {
    const { server } = under
    const id = await newApi()
    const elsewhere = await createOrganization(server, 'Elsewhere')
    const zeus = await createCredential(server, { name: 'Zeus', apiId: id })
    await createCredential(server, { apiId: id, organizationId: elsewhere.id })
    const { page, complaints, close } = await under.open(`/apis/${id}`)
    await page.getByRole('button', { name: 'Remove EVENT' }).click()
    await page.getByText('EVENT_READ: 2 credentials hold it and lose it at once.').waitFor()
    await page.getByRole('button', { name: 'Review and save' }).click()
    const save = page.getByRole('dialog').getByRole('button', { name: 'Save' })
    await page.getByText('1 operation needs what is removed').waitFor()
    expect(await save.isDisabled()).toBe(true)
    await under.checkAxe(page)
    await page.getByLabel('Refuse every call to this operation').check()
    await save.click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    const { body: api } = await server.ask('GET', `/v1/apis/${id}`)
    expect(api.scopes).toEqual(['CONTACT_READ', 'CONTACT_WRITE', 'CONTACT_DELETE'])
    // Not CONTACT_READ alone, which was one of the two that it needed.
    expect(api.operations.at(-1).permissions).toEqual([])
    const { body: credential } = await server.ask('GET', `/v1/credentials/${zeus.id}`)
    expect(credential.permissions).not.toContain('EVENT_READ')
    expect(complaints).toEqual([])
    await close()
  })

  it('refuses a name that no token could carry, and takes one that is typed in words', async () => {
    const id = await newApi()
    const { page, close } = await under.open(`/apis/${id}`)
    const field = page.getByLabel('New resource')
    await field.fill('Ölfleck')
    await field.press('Enter')
    await page.getByText('Upper case letters, digits and underscores, a letter first').waitFor()
    await field.fill('crew list')
    await field.press('Enter')
    await page.getByLabel('Write – CREW_LIST').check()
    await page.getByRole('button', { name: 'Move CREW_LIST up' }).click()
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { body: api } = await under.server.ask('GET', `/v1/apis/${id}`)
    expect(api.permissions.map((row: { resource: string }) => row.resource)).toEqual([
      'CONTACT',
      'CREW_LIST',
      'EVENT',
    ])
    expect(api.scopes).toContain('CREW_LIST_WRITE')
    await close()
  })

  it('keeps what was typed when somebody else was first, and lays it over theirs', async () => {
    const { server } = under
    const id = await newApi()
    const { page, close } = await under.open(`/apis/${id}`)
    await page.getByLabel('Description of EVENT').fill('What happened')
    const theirs = await server.ask('PATCH', `/v1/apis/${id}`, {
      body: {
        permissions: [
          { resource: 'CONTACT', actions: ['read', 'write', 'delete'], description: 'Theirs' },
          { resource: 'EVENT', actions: ['read', 'write'] },
        ],
      },
    })
    expect(theirs.status).toBe(200)
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('button', { name: 'Reload' }).waitFor({ state: 'detached' })
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { body: api } = await server.ask('GET', `/v1/apis/${id}`)
    expect(api.permissions).toMatchObject([
      { resource: 'CONTACT', description: 'Theirs' },
      { resource: 'EVENT', actions: ['read', 'write'], description: 'What happened' },
    ])
    await close()
  })

  it('asks before a page is left on which something is not saved', async () => {
    const id = await newApi()
    const { page, close } = await under.open(`/apis/${id}`)
    await page.getByLabel('Description of EVENT').fill('What happened')
    await page.getByRole('tab', { name: 'Operations' }).click()
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('button', { name: 'Stay here' }).click()
    await page.getByRole('tab', { name: 'Permissions' }).click()
    expect(await page.getByLabel('Description of EVENT').inputValue()).toBe('What happened')
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.waitForURL('**/audit')
    await close()
  })
})

describe('trying a call', () => {
  const calls = [
    'GET /v1/contacts/42',
    'delete /v1/contacts/42',
    'GET /v1/contacts/42/events?page=2',
    'HEAD /v1/contacts',
    'GET /v1/contacts/',
    'GET /v1/CONTACTS',
    'GET /v1/contacts/../admin',
    'GET /v1/contacts/%2e%2e',
    'GET /v1/contacts/a%2Fb',
    'GET /v1//contacts',
    'GET /v1/contacts/me.json',
    'PUT /v1/contacts/42',
    'GET /v1/status',
  ]

  it('says of each what the server decides', async () => {
    const id = await newApi({
      operations: [
        { method: 'GET', path: '/v1/contacts', permissions: ['CONTACT_READ'] },
        { method: 'GET', path: '/v1/contacts/{id}', permissions: ['CONTACT_READ'] },
        { method: 'GET', path: '/v1/contacts/me', permissions: ['CONTACT_WRITE'] },
        { method: 'DELETE', path: '/v1/contacts/{id}', permissions: ['CONTACT_DELETE'] },
        { method: 'GET', path: '/v1/contacts/{id}/events', permissions: ['EVENT_READ'] },
        { method: 'GET', path: '/v1/status', permissions: [] },
      ],
    })
    const { clientId, clientSecret } = await createCredential(under.server, { apiId: id })
    const { page, close } = await under.open(`/apis/${id}?tab=operations`)
    for (const call of calls) {
      const [method, path] = call.split(' ')
      const { body } = await under.server.ask('POST', '/v1/verify', {
        body: { clientId, clientSecret, method, path },
      })
      await page.getByLabel('Method and path').fill(call)
      const shown = await page.getByRole('tabpanel').getByRole('status').first().textContent()
      const isRefused = shown?.startsWith('Not mapped: refused') === true
      expect([call, isRefused]).toEqual([call, body.code === 'unmapped_operation'])
    }
    await close()
  })

  it('names the permissions, and tells an operation without any from none at all', async () => {
    const id = await newApi({
      operations: [
        { method: 'GET', path: '/a/{id}', permissions: ['CONTACT_READ', 'EVENT_READ'] },
        { method: 'GET', path: '/b', permissions: [] },
      ],
    })
    const { page, close } = await under.open(`/apis/${id}?tab=operations`)
    const field = page.getByLabel('Method and path')
    await field.fill('https://api.example.com/a/1')
    await page.getByText('GET /a/1 needs CONTACT_READ and EVENT_READ').waitFor()
    await field.fill('GET /b')
    await page.getByText('is in the catalogue, but nothing says').waitFor()
    await field.fill('GET /c')
    await page.getByText('No operation matches GET /c').waitFor()
    await close()
  })
})

describe('20,000 operations', () => {
  it('are searched, paged and changed one by one', async () => {
    const operations = Array.from({ length: 20_000 }, (_, index) => ({
      method: 'GET',
      path: `/v1/part-${index}/{id}`,
      permissions: ['CONTACT_READ'],
    }))
    const id = await newApi({ operations })
    const { page, complaints, close } = await under.open(`/apis/${id}?tab=operations`)
    await page.getByText('20,000 operations').waitFor()
    expect(await page.getByRole('row').count()).toBe(51)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('51–100 of 20,000').waitFor()
    await page.getByLabel('Search method, path, permission').fill('part-19999/')
    await page.getByText('1 operation', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Edit GET /v1/part-19999/{id}' }).click()
    await page.getByRole('dialog').getByLabel('EVENT_READ').check()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { body: api } = await under.server.ask('GET', `/v1/apis/${id}`)
    expect(api.operations.at(-1).permissions).toEqual(['CONTACT_READ', 'EVENT_READ'])
    expect(api.operations).toHaveLength(20_000)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('the settings of an api', () => {
  it('bound the lifetime of tokens, and grant the api to those who are ticked', async () => {
    const id = await newApi()
    const { id: organizationId } = await createOrganization(under.server, 'Granted')
    const { page, close } = await under.open(`/apis/${id}?tab=settings`)
    const lifetime = page.getByLabel('Token lifetime in seconds')
    const save = page.getByRole('button', { name: 'Save' })
    await lifetime.fill('3601')
    await save.click()
    await page.getByText('A whole number from 60 to 3600.').waitFor()
    await lifetime.fill('900')
    await page.getByLabel('Only these organizations').check()
    await page.getByLabel('Granted', { exact: true }).check()
    await save.click()
    const read = async () => {
      const { body: api } = await under.server.ask('GET', `/v1/apis/${id}`)
      return [api.tokenTtlSeconds, api.organizations]
    }
    await expect.poll(read).toEqual([900, [organizationId]])
    await expect.poll(() => save.isDisabled()).toBe(true)
    await close()
  })
})

describe('members of other organizations than the operator', () => {
  it('look at the catalogue, and are offered no way to change it', async () => {
    const { server } = under
    const id = await newApi()
    const { id: organizationId } = await createOrganization(server, 'Readers')
    const privileges = ['apis.manage', 'credentials.view']
    const { email } = await addPerson(server, { organizationId, privileges })
    const as = { email, password: PASSWORD }
    const { page, close } = await under.open('/apis', { as })
    expect(await page.getByRole('link', { name: 'Import from OpenAPI' }).count()).toBe(0)
    await page.goto(`/apis/${id}`)
    await settle(page)
    await page.getByRole('table').waitFor()
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await page.goto('/apis/import')
    await settle(page)
    expect(await page.getByRole('button', { name: 'Continue' }).count()).toBe(0)
    await close()
  })
})

async function numbersOf(page: Page): Promise<string[]> {
  return page.locator('dl dd').allTextContents()
}

async function apisNamed(name: string): Promise<{ readonly scopes: string[] }[]> {
  const { body } = await under.server.ask('GET', `/v1/apis?q=${name}`)
  return body.data
}
