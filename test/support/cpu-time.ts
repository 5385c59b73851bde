/**
 * Returns the CPU time of a piece of work on this thread, in milliseconds. The load of the machine
 * does not change the result.
 */
export function cpuMilliseconds(work: () => void): number {
  const start = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / 1_000
}
