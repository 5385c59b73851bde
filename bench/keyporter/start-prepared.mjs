// Keyporter with so many clients, ready to be asked.
import { prepareKeyporter } from './prepare.mjs'
import { introspectionScenario, keyporterScenarios } from './scenarios.mjs'
import { startKeyporter } from './server.mjs'

/**
 * @param {string} directory an empty one
 * @param {number} count
 * @returns {Promise<import('../harness/peer-server.mjs').Server>}
 */
export async function startPrepared(directory, count) {
  const { pid, port, stop } = await startKeyporter(directory)
  const clients = await prepareKeyporter(directory, { port, count })
  const scenarios = {
    ...(await keyporterScenarios(port, clients)),
    introspect: await introspectionScenario(port, clients),
  }
  return { pid, port, stop, scenarios }
}
