// Keyporter with callers of the other side, ready to be asked.
import { CLIENTS } from '../harness/subject.mjs'
import { proxyScenarios } from '../proxying/scenarios.mjs'
import { prepareCalls } from './prepare-calls.mjs'
import { startKeyporter } from './server.mjs'

const ENVIRONMENT = { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' }

/**
 * @param {string} directory an empty one
 * @param {string} origin of the other side
 * @returns {Promise<import('../harness/peer-server.mjs').Server>}
 */
export async function startCalling(directory, origin) {
  const first = await startKeyporter(directory, ENVIRONMENT)
  const calls = await prepareCalls(directory, { port: first.port, origin, count: CLIENTS })
  // What it took to get there is not in the memory of the one that is measured.
  await first.stop()
  const { pid, port, stop } = await startKeyporter(directory, ENVIRONMENT)
  return { pid, port, stop, scenarios: proxyScenarios(calls.base, calls.authorizations) }
}
