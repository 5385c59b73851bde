import type { Pair, TestServer } from './server.ts'

/** The properties of an integration that tests need. */
export type TestIntegration = { readonly id: string; readonly version: number }

/** Creates an integration. Default: one shared bearer token. */
export async function createIntegration(
  server: TestServer,
  changes: object = {},
  as: Pair = server.manager,
): Promise<TestIntegration> {
  const response = await server.send('POST', '/v1/integrations', {
    as,
    body: {
      name: 'Weather',
      baseUrl: 'https://api.example.com/v2',
      contentType: 'json',
      auth: { kind: 'bearer' },
      ...changes,
    },
  })
  if (response.status !== 201) throw new Error(`integration not created: ${response.text}`)
  return response.body
}

/** Stores secrets for an integration. Default: a bearer token for all organizations. */
export async function putConnection(
  server: TestServer,
  { id }: Pick<TestIntegration, 'id'>,
  {
    owner = 'shared',
    as = server.manager,
    ...body
  }: { readonly owner?: string; readonly as?: Pair; readonly [field: string]: unknown } = {},
): Promise<{ readonly id: string; readonly version: number }> {
  const response = await server.send('PUT', `/v1/integrations/${id}/connections/${owner}`, {
    as,
    body: { auth: { kind: 'bearer', token: 'token-of-the-tests' }, ...body },
  })
  if (response.status >= 300) throw new Error(`secrets not stored: ${response.text}`)
  return response.body
}

/** Creates an integration with shared secrets. */
export async function createConnected(
  server: TestServer,
  changes: object = {},
): Promise<TestIntegration> {
  const made = await createIntegration(server, changes)
  await putConnection(server, made)
  return made
}
