// Brings a Keyporter to the point where it can be measured: an api and credentials, through its own API.
import { readFileSync } from 'node:fs'
import { basic } from '../harness/raw-request.mjs'
import { AUDIENCE } from '../harness/subject.mjs'
import { credentialFile } from './server.mjs'

/**
 * @param {string} directory of a Keyporter that runs
 * @param {{ port: number, count: number }} options
 */
export async function prepareKeyporter(directory, { port, count }) {
  const manager = readManager(directory)
  const ask = (path, body) => post(`http://127.0.0.1:${port}${path}`, { body, manager })
  const api = await ask('/v1/apis', {
    name: 'Orders',
    identifier: AUDIENCE,
    permissions: [{ resource: 'ORDERS', actions: ['read', 'write'] }],
  })
  const pairs = []
  let credentialId = ''
  for (let index = 0; index < count; index += 1) {
    const made = await ask('/v1/credentials', {
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

async function post(url, { body, manager }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: basic(manager), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`${url} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
