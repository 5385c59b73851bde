// Starts a PostgreSQL server for this run: a new cluster in a temporary folder, on a free port of the loopback interface.
// It is removed at the end of the run.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeServerFolder } from './abandoned-postgres.mjs'
import { isOpenToAll, unprivilegedUser } from './unprivileged-user.mjs'

const startMsMax = 60_000
const stopMsMax = 20_000

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '32MB',
  // No fsync: the data does not have to survive a crash of the machine, and no test stops the server.
  fsync: 'off',
  full_page_writes: 'off',
}

/**
 * @param {import('./postgres-binaries.mjs').Binaries} binaries
 * @returns {Promise<import('./postgres.mjs').Postgres | { reason: string }>}
 */
export async function startPostgres(binaries) {
  const user = unprivilegedUser()
  if (user === undefined)
    return { reason: 'PostgreSQL does not run as root, and no other user exists' }
  const folder = makeServerFolder(user)
  try {
    const password = randomBytes(16).toString('hex')
    const programs = reachablePrograms(binaries.folder, { folder, user })
    makeCluster({ programs, folder, user, password })
    const { child, port } = await startOnFreePort({ programs, folder, user })
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      description: `PostgreSQL ${binaries.version} from ${binaries.folder}`,
      stop: () => stopServer(child, folder),
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return { reason: error.message }
  }
}

/**
 * @typedef {{ uid?: number, gid?: number }} User
 * @typedef {{ programs: string, folder: string, user: User }} Place
 */

/**
 * Returns the folder of the programs, or a copy if the user cannot enter the original.
 *
 * @param {string} original
 * @param {{ folder: string, user: User }} place
 */
function reachablePrograms(original, { folder, user }) {
  if (user.uid === undefined || isOpenToAll(original)) return original
  const copy = join(folder, 'programs')
  cpSync(dirname(original), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

/** @param {Place & { password: string }} place */
function makeCluster({ programs, folder, user, password }) {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid ?? user.uid)
  // Plain-text passwords, on loopback only: SCRAM for a thousand connections would take too long.
  const options = ['--username=postgres', '--auth=password', `--pwfile=${passwordFile}`]
  const result = spawnSync(
    join(programs, 'initdb'),
    ['-D', join(folder, 'data'), ...options, '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, env: serverEnvironment(), encoding: 'utf8' },
  )
  if (result.status === 0) return
  throw new Error(`initdb failed: ${result.error?.message ?? result.stderr.trim()}`)
}

/** @param {Place} place */
async function startOnFreePort(place) {
  // Another process may take the port between the check and the start; the next attempt uses another port.
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort()
    const child = spawnServer(place, port)
    const failure = await waitUntilReady(child, place.folder)
    if (failure === undefined) return { child, port }
    if (attempt === 3) throw new Error(`PostgreSQL did not start: ${failure}`)
  }
}

/**
 * @param {Place} place
 * @param {number} port
 */
function spawnServer({ programs, folder, user }, port) {
  const log = openSync(join(folder, 'log'), 'a')
  const options = Object.entries({ ...settings, port }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
  return spawn(join(programs, 'postgres'), ['-D', join(folder, 'data'), ...options], {
    ...user,
    cwd: folder,
    env: serverEnvironment(),
    // A separate process group: Ctrl-C reaches only this process, which then stops the server.
    detached: true,
    stdio: ['ignore', log, log],
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} folder
 * @returns {Promise<string | undefined>} the reason why the server is not ready
 */
async function waitUntilReady(child, folder) {
  const pidFile = join(folder, 'data', 'postmaster.pid')
  const giveUpAt = Date.now() + startMsMax
  let failure
  child.once('error', (error) => (failure = error.message))
  while (Date.now() < giveUpAt) {
    if (failure !== undefined || child.exitCode !== null)
      return failure ?? tail(join(folder, 'log'))
    // The eighth line contains the state of the server.
    const state = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n')[7] : undefined
    if (state?.trim() === 'ready') return undefined
    await sleep(25)
  }
  child.kill('SIGQUIT')
  return `not ready after ${startMsMax / 1000} s`
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} folder
 */
async function stopServer(child, folder) {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    const stopped = await Promise.race([ended, sleep(stopMsMax, undefined, { ref: false })])
    if (stopped === undefined) child.kill('SIGQUIT')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}

function findFreePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => resolve(port))
    })
  })
}

function serverEnvironment() {
  return { PATH: process.env.PATH, LC_ALL: 'C' }
}

/** @param {string} file */
function tail(file) {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ')
}
