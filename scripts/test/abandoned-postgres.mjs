// Temporary folders of PostgreSQL servers. A killed run does not stop its server. The next run finds the folder, stops
// the server and removes the folder.
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../setup/is-alive.mjs'
import { isOpenToAll } from './unprivileged-user.mjs'

const prefix = 'keyporter-postgres-'
const stopMsMax = 20_000

/**
 * Creates a folder that belongs to the user and records this process as its owner.
 *
 * @param {{ uid?: number, gid?: number }} user
 */
export function makeServerFolder(user) {
  const folder = mkdtempSync(join(parentFolder(), prefix))
  writeFileSync(join(folder, 'owner'), `${process.pid}\n`)
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid)
  return folder
}

export async function removeAbandonedServers() {
  const parent = parentFolder()
  const folders = readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map((entry) => join(parent, entry.name))
  for (const folder of folders) await removeIfAbandoned(folder)
}

/** @param {string} folder */
async function removeIfAbandoned(folder) {
  const owner = readPid(join(folder, 'owner'))
  // A folder without an owner is being created, or belongs to another user.
  if (owner === undefined || isAlive(owner)) return
  const server = readPid(join(folder, 'data', 'postmaster.pid'))
  if (server !== undefined && isServerOf(server, folder)) await stop(server)
  rmSync(folder, { recursive: true, force: true })
}

/**
 * Returns whether the process is the server of the folder, because process IDs are reused.
 *
 * @param {number} pid
 * @param {string} folder
 */
function isServerOf(pid, folder) {
  const commandLine = `/proc/${pid}/cmdline`
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(join(folder, 'data'))
}

/** @param {number} pid */
async function stop(pid) {
  process.kill(pid, 'SIGINT')
  const giveUpAt = Date.now() + stopMsMax
  while (isAlive(pid) && Date.now() < giveUpAt) await sleep(50)
  if (isAlive(pid)) process.kill(pid, 'SIGQUIT')
}

/** Returns the folder for temporary files, if the server's user can enter it. */
function parentFolder() {
  return process.getuid?.() !== 0 || isOpenToAll(tmpdir()) ? tmpdir() : '/tmp'
}

/**
 * @param {string} file
 * @returns {number | undefined}
 */
function readPid(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}
