import { readFileSync } from 'node:fs'

/**
 * Whether a process with this number runs, ours or another user's.
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
 * A process that ended but was not waited for answers signals still; in a container whose first process
 * waits for nobody, it does so for ever.
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
