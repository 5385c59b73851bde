// One setup at a time: concurrent setups would delete each other's node_modules. The lock is a file with the IDs of its
// owner processes. The lock is free when none of them runs.
import { appendFileSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './is-alive.mjs'
import { root } from './paths.mjs'

const lockFile = join(root, '.setup-lock')
const waitMsMax = 10 * 60 * 1000

/**
 * Runs `work` with the lock. Waits up to ten minutes for another owner.
 *
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  await takeLock()
  try {
    await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

/**
 * Makes a child process an owner of the lock too, because it may outlive this process.
 *
 * @param {number | undefined} pid
 */
export function shareLock(pid) {
  if (pid !== undefined) appendFileSync(lockFile, `${pid}\n`)
}

async function takeLock() {
  const giveUpAt = Date.now() + waitMsMax
  let isAnnounced = false
  while (!tryLock()) {
    const owner = readOwners().find(isAlive)
    if (owner === undefined) {
      rmSync(lockFile, { force: true })
      continue
    }
    if (Date.now() > giveUpAt) {
      throw new Error(
        `Process ${owner} has held ${lockFile} for too long. Stop the process and try again.`,
      )
    }
    if (!isAnnounced) process.stdout.write(`Waiting for the setup of process ${owner} …\n`)
    isAnnounced = true
    await sleep(250)
  }
}

/** Creates the file together with its content, so that the lock always has an owner. */
function tryLock() {
  const draft = `${lockFile}-${process.pid}`
  writeFileSync(draft, `${process.pid}\n`)
  try {
    linkSync(draft, lockFile)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function readOwners() {
  try {
    return readFileSync(lockFile, 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
