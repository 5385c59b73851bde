// When a server that is just starting answers for the first time.
import { request } from 'node:http'

const GIVE_UP_MS = 30_000
const PAUSE_MS = 1

/**
 * Asks until the answer is 200, or until the signal ends it.
 *
 * @param {number} port
 * @param {{ path: string, signal: AbortSignal }} options
 */
export async function firstAnswer(port, { path, signal }) {
  const giveUpAt = performance.now() + GIVE_UP_MS
  while ((await statusOf(port, path)) !== 200) {
    signal.throwIfAborted()
    if (performance.now() > giveUpAt) throw new Error(`No 200 from ${path} in ${GIVE_UP_MS} ms`)
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE_MS)
    })
  }
}

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<number | undefined>} undefined when nobody listens yet
 */
function statusOf(port, path) {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.once('error', () => resolve(undefined))
    asked.end()
  })
}
