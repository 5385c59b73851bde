// Requests to the API of a running Keyporter.
import { basic } from '../harness/raw-request.mjs'

/**
 * @param {number} port
 * @param {import('./scenarios.mjs').Pair} manager
 */
export function createApiClient(port, manager) {
  /**
   * @param {'GET' | 'POST' | 'PUT'} method
   * @param {string} path
   * @param {object} [body]
   */
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: basic(manager), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} returned ${response.status}: ${text}`)
    return JSON.parse(text)
  }
}
