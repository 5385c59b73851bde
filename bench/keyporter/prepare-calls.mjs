// Prepares calls to the upstream through the API: an integration, its shared connection, and credentials that
// can make calls.
import { UPSTREAM_TOKEN } from '../proxying/payloads.mjs'
import { createApiClient } from './api-client.mjs'
import { readManager } from './prepare.mjs'

/**
 * @param {string} directory of a running Keyporter
 * @param {{ port: number, origin: string, count: number }} options
 * @returns {Promise<{ base: string, authorizations: string[] }>}
 */
export async function prepareCalls(directory, { port, origin, count }) {
  const send = createApiClient(port, readManager(directory))
  const integration = await send('POST', '/v1/integrations', {
    name: 'Upstream',
    baseUrl: origin,
    organizationSpecific: false,
    contentType: 'json',
    auth: { kind: 'bearer' },
  })
  await send('PUT', `/v1/integrations/${integration.id}/connections/shared`, {
    auth: { kind: 'bearer', token: UPSTREAM_TOKEN },
  })
  const { data: builtIn } = await send('GET', '/v1/apis?slug=keyporter')
  const authorizations = []
  for (let index = 0; index < count; index += 1) {
    const { clientSecret } = await send('POST', '/v1/credentials', {
      name: `Caller ${index}`,
      permissions: ['CALL_WRITE'],
      apiId: builtIn[0].id,
    })
    authorizations.push(`Bearer ${clientSecret}`)
  }
  return { base: `/proxy/${integration.id}`, authorizations }
}
