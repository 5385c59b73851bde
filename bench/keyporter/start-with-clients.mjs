// Starts Keyporter with a given number of clients.
import { prepareKeyporter } from './prepare.mjs'
import { introspectionScenario, keyporterScenarios } from './scenarios.mjs'
import { startKeyporter } from './server.mjs'

/**
 * @param {string} directory empty
 * @param {number} count
 * @returns {Promise<import('../harness/peer-server.mjs').Server>}
 */
export async function startWithClients(directory, count) {
  const { pid, port, stop } = await startKeyporter(directory)
  const clients = await prepareKeyporter(directory, { port, count })
  const scenarios = {
    ...(await keyporterScenarios(port, clients)),
    introspect: await introspectionScenario(port, clients),
  }
  return { pid, port, stop, scenarios }
}
