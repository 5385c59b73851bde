// Creates a data directory with a given number of credentials. Keyporter must be stopped.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeTemporaryDirectory } from '../harness/temporary-directory.mjs'
import { prepareKeyporter } from './prepare.mjs'
import { startKeyporter } from './server.mjs'

const program = fileURLToPath(new URL('add-credentials.ts', import.meta.url))
const run = promisify(execFile)
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024

/** @param {number} count */
export async function makeDirectoryWithCredentials(count) {
  const directory = makeTemporaryDirectory()
  const { port, stop } = await startKeyporter(directory)
  const { manager, credentialId } = await prepareKeyporter(directory, { port, count: 1 })
  await stop()
  const { stdout } = await run(
    process.execPath,
    [
      '--conditions=@keyporter/source',
      program,
      join(directory, 'data'),
      credentialId,
      String(count - 1),
    ],
    { maxBuffer: OUTPUT_BYTES_MAX },
  )
  /** @type {import('./scenarios.mjs').Pair[]} */
  const pairs = JSON.parse(stdout)
  return { directory, manager, pairs }
}

/**
 * Returns `count` elements at equal distances.
 *
 * @template T
 * @param {readonly T[]} all
 * @param {number} count
 */
export function spreadOver(all, count) {
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)])
}
