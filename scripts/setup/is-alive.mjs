import { readFileSync } from 'node:fs'

/**
 * Returns whether a process with this ID runs, also of another user.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Returns whether a process has ended but was not reaped. Such a process still accepts signals, permanently so in a
 * container whose first process reaps no children.
 *
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
