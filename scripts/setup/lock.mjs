// One set-up at a time: two that run side by side would delete each other's node_modules. The lock is a
// file with the numbers of the processes that hold it; it is free when none of them runs any more.
import { appendFileSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './is-alive.mjs'
import { root } from './paths.mjs'

const lockFile = join(root, '.setup-lock')
const waitMsMax = 10 * 60 * 1000

/**
 * Runs `work` while this process holds the lock; waits for another holder, up to ten minutes.
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
 * Makes a process that we started hold the lock too: it may outlive us when we are killed.
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
    const holder = readHolders().find(isAlive)
    if (holder === undefined) {
      rmSync(lockFile, { force: true })
      continue
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`Process ${holder} holds ${lockFile} for too long: end it, and try again.`)
    }
    if (!isAnnounced) process.stdout.write(`Waiting for process ${holder}, which sets up too …\n`)
    isAnnounced = true
    await sleep(250)
  }
}

/** The file appears with its content, or not at all: nobody reads a lock without a holder. */
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

function readHolders() {
  try {
    return readFileSync(lockFile, 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
