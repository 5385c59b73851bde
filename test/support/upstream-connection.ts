import type { TestRequest, TestResponse, TestServer } from './server.ts'

/** The environment in which servers on this machine may be called. */
export const LOOPBACK_ALLOWED = { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' }

/** What is recorded: the settings of the integration's `auth`, and what stands in the shared connection. */
export type UpstreamConnection = {
  readonly auth: { readonly kind: string; readonly [setting: string]: unknown }
  readonly secrets: object
  readonly integration?: object
}

/** Records an integration of the operator's with shared values; gives its id. */
export async function createUpstreamConnection(
  server: Pick<TestServer, 'ask'>,
  { auth, secrets, integration = {} }: UpstreamConnection,
): Promise<string> {
  const made = await server.ask('POST', '/v1/integrations', {
    body: {
      name: 'Weather <b>&',
      baseUrl: 'http://127.0.0.1:1/api',
      contentType: 'json',
      auth,
      ...integration,
    },
  })
  if (made.status !== 201) throw new Error(`integration not created: ${made.text}`)
  const put = await putSecrets(server, made.body.id, { kind: auth.kind, ...secrets })
  if (put.status !== 201) throw new Error(`values not given: ${put.text}`)
  return made.body.id
}

/** Gives the shared values of an integration. */
export function putSecrets(
  server: Pick<TestServer, 'ask'>,
  id: string,
  auth: object,
): Promise<TestResponse> {
  return server.ask('PUT', `/v1/integrations/${id}/connections/shared`, { body: { auth } })
}

/** The shared connection of an integration as it is shown. */
export async function sharedConnection(
  server: Pick<TestServer, 'ask'>,
  id: string,
): Promise<TestResponse['body']> {
  const { body } = await server.ask('GET', `/v1/integrations/${id}/connections`)
  return body.data[0]
}

/** Asks something of the shared connection of an integration: `authorize` or `token`. */
export function requestSharedConnection(
  asker: Pick<TestServer, 'ask'>,
  id: string,
  verb: 'authorize' | 'token',
  ask: TestRequest = {},
): Promise<TestResponse> {
  return asker.ask('POST', `/v1/integrations/${id}/connections/shared/${verb}`, {
    body: {},
    ...ask,
  })
}
