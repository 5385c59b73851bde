// Figures of a process from /proc. The CPU time includes all threads.
import { readFileSync, writeFileSync } from 'node:fs'

// USER_HZ, the unit of /proc, is 100 on every architecture that Node supports.
const MICROSECONDS_PER_TICK = 10_000

/**
 * Returns user and system time of a process since its start, in microseconds.
 *
 * @param {number} pid
 */
export function cpuMicroseconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The process name, in parentheses, can contain spaces, so fields are counted after it. utime and stime are fields 14
  // and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK
}

/**
 * Returns the resident memory of a process in MiB.
 *
 * @param {number} pid
 */
export function residentMebibytes(pid) {
  return statusMebibytes(pid, 'VmRSS')
}

/**
 * Returns the peak resident memory of a process in MiB, since its start or since the last reset.
 *
 * @param {number} pid
 */
export function peakMebibytes(pid) {
  return statusMebibytes(pid, 'VmHWM')
}

/**
 * Resets the peak to the current resident memory.
 *
 * @param {number} pid
 */
export function resetPeak(pid) {
  // proc(5): the value 5 resets VmHWM.
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/**
 * @param {number} pid
 * @param {'VmRSS' | 'VmHWM'} name
 */
function statusMebibytes(pid, name) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024
}
