// Starts a server of servers/. Its first line of output contains its port and its scenarios.
import { fileURLToPath } from 'node:url'
import { firstLine, SERVER_CORE, startPinned, stopPinned } from './pinned-process.mjs'

/**
 * @typedef {object} Server a running server: Keyporter or a peer
 * @property {number} pid
 * @property {number} port
 * @property {Record<string, any>} scenarios each a `Scenario`, or a `Flow` of a proxy
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} name the file in servers/, without extension
 * @param {string[]} [args]
 * @returns {Promise<Server>}
 */
export async function startPeer(name, args = []) {
  const program = fileURLToPath(new URL(`../servers/${name}.mjs`, import.meta.url))
  const started = startPinned({ core: SERVER_CORE, args: [program, ...args] })
  const { port, scenarios } = JSON.parse(await firstLine(started))
  return { pid: started.child.pid, port, scenarios, stop: () => stopPinned(started) }
}
