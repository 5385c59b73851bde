// The requests to each proxy.
import { rawGet, rawPostHead } from '../harness/raw-request.mjs'
import { STREAM_BYTES } from './payloads.mjs'

/**
 * @typedef {object} Flow a stream through a proxy
 * @property {string} head of the request
 * @property {'down' | 'up'} direction
 * @property {boolean} isSlowReader whether the load reads slowly; the path requests a slow upstream
 */

/** @typedef {'down' | 'up' | 'slowDown' | 'slowUp'} FlowName */

/**
 * @param {string} base prefix of the upstream's paths
 * @param {readonly string[]} authorizations of the callers, used in turn
 * @returns {{ small: import('../harness/load.mjs').Scenario } & Record<FlowName, Flow>}
 */
export function proxyScenarios(base, authorizations) {
  const [authorization] = authorizations
  const down = rawGet({ path: `${base}/down`, authorization })
  const up = (/** @type {string} */ path) =>
    rawPostHead({
      path: base + path,
      contentType: 'application/octet-stream',
      byteCount: STREAM_BYTES,
      authorization,
    })
  return {
    small: {
      requests: authorizations.map((one) => rawGet({ path: `${base}/small`, authorization: one })),
      expectation: 'small',
    },
    down: { head: down, direction: 'down', isSlowReader: false },
    up: { head: up('/up'), direction: 'up', isSlowReader: false },
    slowDown: { head: down, direction: 'down', isSlowReader: true },
    slowUp: { head: up('/slow-up'), direction: 'up', isSlowReader: false },
  }
}

/**
 * Returns the scenarios of proxies that do not authenticate callers.
 *
 * @param {readonly import('../keyporter/scenarios.mjs').Pair[]} pairs
 */
export function peerScenarios(pairs) {
  return proxyScenarios(
    '',
    pairs.map(({ clientSecret }) => `Bearer ${clientSecret}`),
  )
}
