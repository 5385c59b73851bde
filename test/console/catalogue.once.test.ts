import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleUnderTest, startConsole, waitUntilLoaded } from '../support/console.ts'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  createOrganization,
} from '../support/credentials.ts'
import { addPerson, PASSWORD } from '../support/people.ts'
import { requireVectors } from '../support/vectors.ts'

let web: ConsoleUnderTest

beforeAll(async () => {
  web = await startConsole()
})
afterAll(() => web.close())

// Identifiers are unique, so every test creates its own API.
let count = 0
async function newApi(changes: object = {}): Promise<string> {
  count += 1
  const identifier = `https://api-${count}.example.com`
  const { id } = await createContactsApi(web.server, {
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
    get: { description: 'Lists ships.\n\nNeeds: SHIP_READ' },
    post: { description: 'Needs: SHIP_WRITE, CREW_READ' },
  },
  '/health': { get: { description: 'Public.' } },
})

async function importText(page: Page, document: string): Promise<void> {
  await page.getByLabel('Document text').fill(document)
  await page.getByRole('button', { name: 'Continue' }).click()
}

describe('an import', () => {
  it('previews the document without changing anything, then opens the created API', async () => {
    const { page, pageErrors, close } = await web.open('/apis/import')
    await importText(page, ships)
    await page.getByLabel('From descriptions').check()
    await page.getByLabel('Phrase', { exact: true }).fill('Needs: *')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('1 operation without a permission').waitFor()
    expect(await numbersOf(page)).toEqual(['2', '3', '3', '1'])
    await web.checkAxe(page)
    expect(await apisNamed('Ships')).toEqual([])

    await page.goBack()
    expect(await page.getByLabel('Phrase', { exact: true }).inputValue()).toBe('Needs: *')
    await page.goForward()
    await page.getByRole('button', { name: 'Create API' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ships' }).waitFor()
    const [made] = await apisNamed('Ships')
    expect(made?.scopes).toEqual(['CREW_READ', 'SHIP_READ', 'SHIP_WRITE'])
    expect(pageErrors).toEqual([])
    await close()
  })

  it('finds 17 resources, 38 permissions and 162 operations in Sedna’s document by its phrase', async (ctx) => {
    const path = requireVectors(ctx, 'openapi', 'sedna.json')
    const { page, close } = await web.open('/apis/import')
    await page.getByLabel('Choose a file').setInputFiles(path)
    await page.getByText('sedna.json').waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await page.getByLabel('Phrase', { exact: true }).inputValue()).toBe(
      'Required API Permissions: *',
    )
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('POST /oauth/token').first().waitFor()
    expect(await numbersOf(page)).toEqual(['17', '38', '162', '1'])
    await close()
  })

  it('reports where a document is invalid and keeps the text', async () => {
    const { page, close } = await web.open('/apis/import')
    await importText(page, '{\n  "openapi": "3.1.0",\n  oops\n}')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('alert').getByText('line 3').waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    const field = page.getByLabel('Document text')
    expect(await field.inputValue()).toContain('oops')
    await field.fill(documentOf({ '/ships': { get: { 'x-keyporter-permission': 7 } } }))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('/paths/~1ships/get/x-keyporter-permission').waitFor()
    await close()
  })

  it('of an OpenAPI export changes nothing', async () => {
    const permissions = ['EVENT_READ', 'CONTACT_WRITE']
    const create = { method: 'POST', path: '/v1/contacts', permissions }
    const id = await newApi({ operations: [...contactsApi.operations, create] })
    const { page, close } = await web.open(`/apis/${id}`)
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /^OpenAPI/ }).click(),
    ])
    const exported = readFileSync(await download.path(), 'utf8')
    await page.goto(`/apis/import?api=${id}`)
    await importText(page, exported)
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('No changes.').waitFor()
    await close()
  })
})

describe('the permission table', () => {
  it('counts the credentials that lose a removed permission and closes the operations that require it', async () => {
    const { server } = web
    const id = await newApi()
    const elsewhere = await createOrganization(server, 'Elsewhere')
    const zeus = await createCredential(server, { name: 'Zeus', apiId: id })
    await createCredential(server, { apiId: id, organizationId: elsewhere.id })
    const { page, pageErrors, close } = await web.open(`/apis/${id}`)
    await page.getByRole('button', { name: 'Remove EVENT' }).click()
    await page.getByText('EVENT_READ: 2 credentials lose it immediately.').waitFor()
    await page.getByRole('button', { name: 'Review and save' }).click()
    const save = page.getByRole('dialog').getByRole('button', { name: 'Save' })
    await page.getByText('1 operation requires a removed permission').waitFor()
    expect(await save.isDisabled()).toBe(true)
    await web.checkAxe(page)
    await page.getByLabel('Reject requests to this operation').check()
    await save.click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    const { body: api } = await server.send('GET', `/v1/apis/${id}`)
    expect(api.scopes).toEqual(['CONTACT_READ', 'CONTACT_WRITE', 'CONTACT_DELETE'])
    // Not ['CONTACT_READ'], which would admit callers without the removed permission.
    expect(api.operations.at(-1).permissions).toEqual([])
    const { body: credential } = await server.send('GET', `/v1/credentials/${zeus.id}`)
    expect(credential.permissions).not.toContain('EVENT_READ')
    expect(pageErrors).toEqual([])
    await close()
  })

  it('rejects an invalid resource name and converts typed words to a valid one', async () => {
    const id = await newApi()
    const { page, close } = await web.open(`/apis/${id}`)
    const field = page.getByLabel('New resource')
    await field.fill('Ölfleck')
    await field.press('Enter')
    await page.getByText('Use up to 64 uppercase letters, digits and underscores.').waitFor()
    await field.fill('crew list')
    await field.press('Enter')
    await page.getByLabel('Write – CREW_LIST').check()
    await page.getByRole('button', { name: 'Move CREW_LIST up' }).click()
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { body: api } = await web.server.send('GET', `/v1/apis/${id}`)
    expect(api.permissions.map((row: { resource: string }) => row.resource)).toEqual([
      'CONTACT',
      'CREW_LIST',
      'EVENT',
    ])
    expect(api.scopes).toContain('CREW_LIST_WRITE')
    await close()
  })

  it('keeps the edits after a concurrent change and applies them on top of it', async () => {
    const { server } = web
    const id = await newApi()
    const { page, close } = await web.open(`/apis/${id}`)
    await page.getByLabel('Description of EVENT').fill('What happened')
    const theirs = await server.send('PATCH', `/v1/apis/${id}`, {
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
    const { body: api } = await server.send('GET', `/v1/apis/${id}`)
    expect(api.permissions).toMatchObject([
      { resource: 'CONTACT', description: 'Theirs' },
      { resource: 'EVENT', actions: ['read', 'write'], description: 'What happened' },
    ])
    await close()
  })

  it('asks for confirmation before a page with unsaved changes is left', async () => {
    const id = await newApi()
    const { page, close } = await web.open(`/apis/${id}`)
    await page.getByLabel('Description of EVENT').fill('What happened')
    await page.getByRole('tab', { name: 'Operations' }).click()
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('button', { name: 'Keep editing' }).click()
    await page.getByRole('tab', { name: 'Permissions' }).click()
    expect(await page.getByLabel('Description of EVENT').inputValue()).toBe('What happened')
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.waitForURL('**/audit')
    await close()
  })
})

describe('the permission check of a call', () => {
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

  it('agrees with the server for every call', async () => {
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
    const { clientId, clientSecret } = await createCredential(web.server, { apiId: id })
    const { page, close } = await web.open(`/apis/${id}?tab=operations`)
    for (const call of calls) {
      const [method, path] = call.split(' ')
      const { body } = await web.server.send('POST', '/v1/verify', {
        body: { clientId, clientSecret, method, path },
      })
      await page.getByLabel('Method and path').fill(call)
      const shown = await page.getByRole('tabpanel').getByRole('status').first().textContent()
      const isRejected = shown?.startsWith('Not mapped: rejected') === true
      expect([call, isRejected]).toEqual([call, body.code === 'unmapped_operation'])
    }
    await close()
  })

  it('names the permissions and distinguishes an unmapped operation from an unknown one', async () => {
    const id = await newApi({
      operations: [
        { method: 'GET', path: '/a/{id}', permissions: ['CONTACT_READ', 'EVENT_READ'] },
        { method: 'GET', path: '/b', permissions: [] },
      ],
    })
    const { page, close } = await web.open(`/apis/${id}?tab=operations`)
    const field = page.getByLabel('Method and path')
    await field.fill('https://api.example.com/a/1')
    await page.getByText('GET /a/1 requires CONTACT_READ and EVENT_READ').waitFor()
    await field.fill('GET /b')
    await page.getByText('is in the catalogue but has no permission assigned').waitFor()
    await field.fill('GET /c')
    await page.getByText('No operation matches GET /c').waitFor()
    await close()
  })
})

describe('20,000 operations', () => {
  it('can be searched, paged and edited', async () => {
    const operations = Array.from({ length: 20_000 }, (_, index) => ({
      method: 'GET',
      path: `/v1/part-${index}/{id}`,
      permissions: ['CONTACT_READ'],
    }))
    const id = await newApi({ operations })
    const { page, pageErrors, close } = await web.open(`/apis/${id}?tab=operations`)
    await page.getByText('20,000 operations').waitFor()
    expect(await page.getByRole('row').count()).toBe(51)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('51–100 of 20,000').waitFor()
    await page.getByLabel('Search by method, path or permission').fill('part-19999/')
    await page.getByText('1 operation', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Edit GET /v1/part-19999/{id}' }).click()
    await page.getByRole('dialog').getByLabel('EVENT_READ').check()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { body: api } = await web.server.send('GET', `/v1/apis/${id}`)
    expect(api.operations.at(-1).permissions).toEqual(['CONTACT_READ', 'EVENT_READ'])
    expect(api.operations).toHaveLength(20_000)
    expect(pageErrors).toEqual([])
    await close()
  })
})

describe('the settings of an API', () => {
  it('limit the token lifetime and make the API available to the selected organizations', async () => {
    const id = await newApi()
    const { id: organizationId } = await createOrganization(web.server, 'Granted')
    const { page, close } = await web.open(`/apis/${id}?tab=settings`)
    const lifetime = page.getByLabel('Token lifetime in seconds')
    const save = page.getByRole('button', { name: 'Save' })
    await lifetime.fill('3601')
    await save.click()
    await page.getByText('Enter a whole number from 60 to 3600.').waitFor()
    await lifetime.fill('900')
    await page.getByLabel('Only these organizations').check()
    await page.getByLabel('Granted', { exact: true }).check()
    await save.click()
    const read = async () => {
      const { body: api } = await web.server.send('GET', `/v1/apis/${id}`)
      return [api.tokenTtlSeconds, api.organizations]
    }
    await expect.poll(read).toEqual([900, [organizationId]])
    await expect.poll(() => save.isDisabled()).toBe(true)
    await close()
  })
})

describe('members of customer organizations', () => {
  it('have read-only access to the catalogue', async () => {
    const { server } = web
    const id = await newApi()
    const { id: organizationId } = await createOrganization(server, 'Readers')
    const privileges = ['apis.manage', 'credentials.view']
    const { email } = await addPerson(server, { organizationId, privileges })
    const as = { email, password: PASSWORD }
    const { page, close } = await web.open('/apis', { as })
    expect(await page.getByRole('link', { name: 'Import from OpenAPI' }).count()).toBe(0)
    await page.goto(`/apis/${id}`)
    await waitUntilLoaded(page)
    await page.getByRole('table').waitFor()
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await page.goto('/apis/import')
    await waitUntilLoaded(page)
    expect(await page.getByRole('button', { name: 'Continue' }).count()).toBe(0)
    await close()
  })
})

async function numbersOf(page: Page): Promise<string[]> {
  return page.locator('dl dd').allTextContents()
}

async function apisNamed(name: string): Promise<{ readonly scopes: string[] }[]> {
  const { body } = await web.server.send('GET', `/v1/apis?q=${name}`)
  return body.data
}
