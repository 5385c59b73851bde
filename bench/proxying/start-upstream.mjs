// Starts the upstream as a process on the load generator's core.
import { fileURLToPath } from 'node:url'
import { firstLine, LOAD_CORE, startPinned, stopPinned } from '../harness/pinned-process.mjs'

const program = fileURLToPath(new URL('upstream.mjs', import.meta.url))

export async function startUpstream() {
  const started = startPinned({ core: LOAD_CORE, args: [program] })
  const { port } = JSON.parse(await firstLine(started))
  return { origin: `http://127.0.0.1:${port}`, stop: () => stopPinned(started) }
}
