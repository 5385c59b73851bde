import type { Pair, TestServer } from './server.ts'

/** A small catalogue, with permissions that are allowed, rejected or unmapped. */
export const contactsApi = {
  name: 'Contacts',
  identifier: 'https://api.example.com',
  permissions: [
    { resource: 'CONTACT', actions: ['read', 'write', 'delete'] },
    { resource: 'EVENT', actions: ['read'] },
  ],
  operations: [
    { method: 'GET', path: '/v1/contacts', permissions: ['CONTACT_READ'] },
    { method: 'GET', path: '/v1/contacts/{id}', permissions: ['CONTACT_READ'] },
    { method: 'DELETE', path: '/v1/contacts/{id}', permissions: ['CONTACT_DELETE'] },
    {
      method: 'GET',
      path: '/v1/contacts/{id}/events',
      permissions: ['CONTACT_READ', 'EVENT_READ'],
    },
  ],
}

/** A credential as the server returns it on creation. */
export type IssuedCredential = Pair & {
  readonly id: string
  readonly apiId: string
  readonly scope: string
  readonly expiresAt: string
  readonly organizationId: string
}

/** Creates the contacts API. */
export async function createContactsApi(
  server: TestServer,
  changes: object = {},
): Promise<{ readonly id: string }> {
  const response = await server.send('POST', '/v1/apis', { body: { ...contactsApi, ...changes } })
  if (response.status !== 201) throw new Error(`API not created: ${response.text}`)
  return response.body
}

/** Creates a credential. Default: for the only API, with every permission. */
export async function createCredential(
  server: TestServer,
  body: object = {},
): Promise<IssuedCredential> {
  const response = await server.send('POST', '/v1/credentials', {
    body: { name: 'Test', permissions: 'all', ...body },
  })
  if (response.status !== 201) throw new Error(`credential not created: ${response.text}`)
  return response.body
}

/** Requests a token for a credential. */
export async function requestToken(
  server: TestServer,
  pair: Pair,
  form: Record<string, string> = {},
): Promise<string> {
  const response = await server.send('POST', '/oauth/token', {
    as: pair,
    form: { grant_type: 'client_credentials', ...form },
  })
  if (response.status !== 200) throw new Error(`token not issued: ${response.text}`)
  return response.body.access_token
}

/** Creates another organization, with its own management credential that has every privilege. */
export async function createOrganization(
  server: TestServer,
  name: string,
): Promise<{ readonly id: string; readonly manager: Pair }> {
  const organization = await server.send('POST', '/v1/organizations', { body: { name } })
  if (organization.status !== 201) throw new Error(`organization not created: ${organization.text}`)
  const { id } = organization.body
  const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
  const manager = await createCredential(server, {
    name: `${name} manager`,
    organizationId: id,
    apiId: builtIn.body.data[0].id,
  })
  return { id, manager }
}
