// One set-up at a time: two that run side by side would delete each other's node_modules.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './is-alive.mjs'
import { root } from './paths.mjs'

const lockFile = join(root, '.setup-lock')
const waitMsMax = 10 * 60 * 1000

/**
 * Runs `work` while this process holds the lock; waits for another holder, up to ten minutes.
 *
 * @template T
 * @param {() => T | Promise<T>} work
 */
export async function withLock(work) {
  await takeLock()
  const release = () => rmSync(lockFile, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

async function takeLock() {
  const giveUpAt = Date.now() + waitMsMax
  let announced = false
  while (!tryLock()) {
    const holder = readHolder()
    if (holder !== undefined && !isAlive(holder)) {
      rmSync(lockFile, { force: true })
      continue
    }
    if (Date.now() > giveUpAt) {
      throw new Error(
        `Process ${holder} has been setting up for too long. Delete ${lockFile} if it is not.`,
      )
    }
    if (!announced)
      process.stdout.write(`Waiting for process ${holder ?? '?'}, which is setting up …\n`)
    announced = true
    await sleep(250)
  }
}

function tryLock() {
  try {
    writeFileSync(lockFile, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** The process that holds the lock; undefined in the instant before it has written its number. */
function readHolder() {
  try {
    return Number.parseInt(readFileSync(lockFile, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}
