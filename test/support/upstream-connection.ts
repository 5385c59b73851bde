import type { TestRequest, TestResponse, TestServer } from './server.ts'

/** The environment that allows upstreams on this machine. */
export const LOOPBACK_ALLOWED = { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' }

/** The settings of the integration's `auth`, and the secrets of the shared connection. */
export type UpstreamConnection = {
  readonly auth: { readonly kind: string; readonly [setting: string]: unknown }
  readonly secrets: object
  readonly integration?: object
}

/** Creates an integration of the operator with shared secrets. Returns its ID. */
export async function createUpstreamConnection(
  server: Pick<TestServer, 'send'>,
  { auth, secrets, integration = {} }: UpstreamConnection,
): Promise<string> {
  const made = await server.send('POST', '/v1/integrations', {
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
  if (put.status !== 201) throw new Error(`secrets not stored: ${put.text}`)
  return made.body.id
}

/** Stores the shared secrets of an integration. */
export function putSecrets(
  server: Pick<TestServer, 'send'>,
  id: string,
  auth: object,
): Promise<TestResponse> {
  return server.send('PUT', `/v1/integrations/${id}/connections/shared`, { body: { auth } })
}

/** Returns the shared connection of an integration. */
export async function sharedConnection(
  server: Pick<TestServer, 'send'>,
  id: string,
): Promise<TestResponse['body']> {
  const { body } = await server.send('GET', `/v1/integrations/${id}/connections`)
  return body.data[0]
}

/** Requests an operation of an integration's shared connection: `authorize` or `token`. */
export function requestSharedConnection(
  asker: Pick<TestServer, 'send'>,
  id: string,
  verb: 'authorize' | 'token',
  options: TestRequest = {},
): Promise<TestResponse> {
  return asker.send('POST', `/v1/integrations/${id}/connections/shared/${verb}`, {
    body: {},
    ...options,
  })
}
