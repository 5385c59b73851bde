// A PostgreSQL server of this run's own: a fresh cluster in a temporary folder, on a free port of the
// loopback interface, gone when the run ends.
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
import { makeServerFolder } from './postgres-leftovers.mjs'
import { isOpenToAll, unprivilegedUser } from './unprivileged-user.mjs'

const startMsMax = 60_000
const stopMsMax = 20_000

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '32MB',
  // Nothing of it has to survive a crash of the machine. No test ends the server; they end connections to it.
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
    return { reason: 'PostgreSQL refuses to run as root, and no other user exists' }
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
 * The folder of the programs, copied to where the user may run them when the original is closed to him.
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
  // In the clear, on loopback alone: a proof of the password for each of a thousand connections takes its time.
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
  // The port may be taken by another between the look and the start: then another one is tried.
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
    // A group of its own: Ctrl-C is for us, who then stop the server in good order.
    detached: true,
    stdio: ['ignore', log, log],
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} folder
 * @returns {Promise<string | undefined>} why it is not ready
 */
async function waitUntilReady(child, folder) {
  const pidFile = join(folder, 'data', 'postmaster.pid')
  const giveUpAt = Date.now() + startMsMax
  let failure
  child.once('error', (error) => (failure = error.message))
  while (Date.now() < giveUpAt) {
    if (failure !== undefined || child.exitCode !== null)
      return failure ?? tail(join(folder, 'log'))
    // The eighth line says what state the server is in.
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
