// Runs the load generator on the other core.
import { fileURLToPath } from 'node:url'
import { firstLine, LOAD_CORE, startPinned } from './pinned-process.mjs'

const program = fileURLToPath(new URL('load.mjs', import.meta.url))

/**
 * @param {import('./load.mjs').Job} job
 * @returns {Promise<import('./load.mjs').Measurement>}
 */
export async function runLoad(job) {
  const load = startPinned({ core: LOAD_CORE, args: [program], stdin: 'pipe' })
  load.child.stdin.end(JSON.stringify(job))
  const line = await firstLine(load)
  await load.ended
  return JSON.parse(line)
}
