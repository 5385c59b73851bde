// Starts Keyporter as a proxy: with a connection to the upstream, and credentials that can make calls.
import { CLIENTS } from '../harness/clients.mjs'
import { proxyScenarios } from '../proxying/scenarios.mjs'
import { prepareCalls } from './prepare-calls.mjs'
import { startKeyporter } from './server.mjs'

const ENVIRONMENT = { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' }

/**
 * @param {string} directory empty
 * @param {string} origin of the upstream
 * @returns {Promise<import('../harness/peer-server.mjs').Server>}
 */
export async function startAsProxy(directory, origin) {
  const first = await startKeyporter(directory, ENVIRONMENT)
  const calls = await prepareCalls(directory, { port: first.port, origin, count: CLIENTS })
  // A restart, so that the preparation does not affect the measured memory.
  await first.stop()
  const { pid, port, stop } = await startKeyporter(directory, ENVIRONMENT)
  return { pid, port, stop, scenarios: proxyScenarios(calls.base, calls.authorizations) }
}
