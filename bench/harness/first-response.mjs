// Measures when a starting server sends its first response.
import { request } from 'node:http'

const GIVE_UP_MS = 30_000
const PAUSE_MS = 1

/**
 * Repeats the request until the response is 200 or the signal aborts.
 *
 * @param {number} port
 * @param {{ path: string, signal: AbortSignal }} options
 */
export async function waitForFirstResponse(port, { path, signal }) {
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
 * @returns {Promise<number | undefined>} undefined while the port is closed
 */
function statusOf(port, path) {
  return new Promise((resolve) => {
    const attempt = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    attempt.once('error', () => resolve(undefined))
    attempt.end()
  })
}
