// Runs the stream load on the other core.
import { fileURLToPath } from 'node:url'
import { firstLine, LOAD_CORE, startPinned } from '../harness/pinned-process.mjs'

const program = fileURLToPath(new URL('stream-load.mjs', import.meta.url))

/**
 * @param {import('../harness/peer-server.mjs').Server} server
 * @param {import('./scenarios.mjs').FlowName} name
 * @param {{ warmUpStreams: number, streams: number }} plan
 * @returns {Promise<import('../harness/load.mjs').Measurement>}
 */
export async function runStreams({ pid, port, scenarios }, name, plan) {
  const load = startPinned({ core: LOAD_CORE, args: [program], stdin: 'pipe' })
  load.child.stdin.end(JSON.stringify({ ...scenarios[name], ...plan, pid, port }))
  const line = await firstLine(load)
  await load.ended
  return JSON.parse(line)
}
