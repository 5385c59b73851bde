// The requests to Keyporter, equivalent to those of the peers.

import { AUDIENCE, ISSUER, SCOPE } from '../harness/clients.mjs'
import { basic, rawForm, rawJson } from '../harness/raw-request.mjs'

/** @typedef {{ clientId: string, clientSecret: string }} Pair */

/**
 * @param {number} port
 * @param {{ manager: Pair, pairs: readonly Pair[] }} clients the manager verifies and introspects the others
 * @returns {Promise<Record<string, import('../harness/load.mjs').Scenario>>}
 */
export async function keyporterScenarios(port, { manager, pairs }) {
  const response = await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)
  const tokens = { jwks: await response.json(), issuer: ISSUER, audience: AUDIENCE, scope: SCOPE }
  return {
    token: { requests: pairs.map(tokenRequest), expectation: 'token', tokens },
    verify: { requests: pairs.map(verifyRequest(manager)), expectation: 'valid' },
  }
}

/**
 * Returns the introspection of one token of each client.
 *
 * @param {number} port
 * @param {{ manager: Pair, pairs: readonly Pair[] }} clients
 * @returns {Promise<import('../harness/load.mjs').Scenario>}
 */
export async function introspectionScenario(port, { manager, pairs }) {
  const requests = []
  for (const pair of pairs) {
    const token = await fetchToken(port, pair)
    requests.push(rawForm({ token }, { path: '/oauth/introspect', authorization: basic(manager) }))
  }
  return { requests, expectation: 'active' }
}

/** @param {Pair} pair */
function tokenRequest(pair) {
  return rawForm(
    { grant_type: 'client_credentials', scope: SCOPE },
    { path: '/oauth/token', authorization: basic(pair) },
  )
}

/** @param {Pair} manager */
function verifyRequest(manager) {
  const authorization = basic(manager)
  return (/** @type {Pair} */ { clientSecret }) =>
    rawJson({ authorization: `Bearer ${clientSecret}` }, { path: '/v1/verify', authorization })
}

/**
 * @param {number} port
 * @param {Pair} pair
 */
async function fetchToken(port, pair) {
  const response = await fetch(`http://127.0.0.1:${port}/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic(pair) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE }),
  })
  const { access_token: token } = await response.json()
  return token
}
