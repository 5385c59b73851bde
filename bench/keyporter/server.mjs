// Runs Keyporter like `npm start`: the bundle, SQLite, all features enabled.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ISSUER } from '../harness/clients.mjs'
import { waitForFirstResponse } from '../harness/first-response.mjs'
import { findFreePort } from '../harness/free-port.mjs'
import { SERVER_CORE, startPinned, stopPinned } from '../harness/pinned-process.mjs'

const bundle = fileURLToPath(new URL('../../packages/server/dist/keyporter.mjs', import.meta.url))

/**
 * Starts Keyporter on a new or existing directory and waits for the first response.
 *
 * @param {string} directory
 * @param {Record<string, string>} [environment] additional variables
 */
export async function startKeyporter(directory, environment = {}) {
  if (!existsSync(bundle))
    throw new Error('The bundle is missing. Run node scripts/setup.mjs --bundle')
  const port = await findFreePort()
  const startedAt = performance.now()
  const started = startPinned({
    core: SERVER_CORE,
    args: [bundle],
    env: {
      KEYPORTER_PORT: String(port),
      KEYPORTER_PUBLIC_URL: ISSUER,
      KEYPORTER_DATA_DIR: join(directory, 'data'),
      KEYPORTER_INIT_ORGANIZATION: 'Bench',
      KEYPORTER_INIT_CREDENTIAL_FILE: credentialFile(directory),
      ...environment,
    },
  })
  // Discards the output: a full pipe would block the server.
  started.child.stdout.resume()
  const failure = new AbortController()
  void started.ended.then((code) => {
    failure.abort(new Error(`Keyporter ended with ${code}:\n${started.errors()}`))
  })
  await waitForFirstResponse(port, { path: '/readyz', signal: failure.signal })
  return {
    pid: started.child.pid,
    port,
    startMs: performance.now() - startedAt,
    stop: () => stopPinned(started),
  }
}

/** @param {string} directory */
export function credentialFile(directory) {
  return join(directory, 'manager.json')
}
