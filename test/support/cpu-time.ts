/** The processor time a piece of work takes on this thread: a busy machine does not lengthen it. */
export function cpuMilliseconds(work: () => void): number {
  const start = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(start)
  return (user + system) / 1_000
}
