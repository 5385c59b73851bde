// Finds a TCP port that no process uses.
import { createServer } from 'node:net'

/** @returns {Promise<number>} */
export async function findFreePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}
