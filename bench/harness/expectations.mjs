// Checks of responses. Every response is checked; jose verifies a sample of the tokens.
import { createLocalJWKSet, jwtVerify } from 'jose'
import { SMALL_BODY } from '../proxying/payloads.mjs'

/** @typedef {'token' | 'active' | 'valid' | 'small'} Expectation */

/** @type {Record<Expectation, string>} */
const marks = {
  token: '"access_token":"ey',
  active: '"active":true',
  valid: '"valid":true',
  small: SMALL_BODY,
}

/**
 * @param {Expectation} expectation
 * @param {import('./raw-connection.mjs').RawResponse} response
 */
export function requireExpected(expectation, { status, body }) {
  if (status === 200 && body.includes(marks[expectation])) return
  throw new Error(`Expected ${expectation}, got ${status}: ${body.slice(0, 300)}`)
}

/**
 * Verifies tokens like a resource server: signature, issuer, audience, expiry, and distinct `jti`.
 *
 * @param {readonly string[]} bodies responses of a token endpoint
 * @param {{ jwks: import('jose').JSONWebKeySet, issuer: string, audience: string, scope: string }} expected
 */
export async function requireValidTokens(bodies, { jwks, issuer, audience, scope }) {
  const keys = createLocalJWKSet(jwks)
  const ids = new Set()
  for (const body of bodies) {
    const { access_token: token } = JSON.parse(body)
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['ES256'] })
    if (payload['scope'] !== scope) throw new Error(`Unexpected scope: ${payload['scope']}`)
    ids.add(payload.jti)
  }
  if (ids.size !== bodies.length) throw new Error('Two tokens have the same jti.')
}
