// Prepares a running Keyporter through its API: creates an API and credentials.
import { readFileSync } from 'node:fs'
import { AUDIENCE } from '../harness/clients.mjs'
import { createApiClient } from './api-client.mjs'
import { credentialFile } from './server.mjs'

/**
 * @param {string} directory of a running Keyporter
 * @param {{ port: number, count: number }} options
 */
export async function prepareKeyporter(directory, { port, count }) {
  const manager = readManager(directory)
  const send = createApiClient(port, manager)
  const api = await send('POST', '/v1/apis', {
    name: 'Orders',
    identifier: AUDIENCE,
    permissions: [{ resource: 'ORDERS', actions: ['read', 'write'] }],
  })
  const pairs = []
  let credentialId = ''
  for (let index = 0; index < count; index += 1) {
    const made = await send('POST', '/v1/credentials', {
      name: `Client ${index}`,
      permissions: 'all',
      apiId: api.id,
    })
    pairs.push({ clientId: made.clientId, clientSecret: made.clientSecret })
    credentialId = made.id
  }
  return { manager, pairs, credentialId }
}

/** @param {string} directory */
export function readManager(directory) {
  return JSON.parse(readFileSync(credentialFile(directory), 'utf8'))
}
