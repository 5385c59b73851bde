// Start time with existing data, idle memory, and memory for each additional 100,000 credentials in use.
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMebibytes } from '../harness/process-figures.mjs'
import { runLoad } from '../harness/run-load.mjs'
import { median } from '../harness/statistics.mjs'
import { makeGrownDirectory } from '../keyporter/grown-directory.mjs'
import { keyporterScenarios } from '../keyporter/scenarios.mjs'
import { startKeyporter } from '../keyporter/server.mjs'

const FURTHER = 100_000
const WARM = 1_000
const STARTS = 7
const IDLE_MS = 3_000
// Long enough for the garbage collector to run after the last request.
const SETTLE_MS = 8_000
const WARM_UP = { warmUpMs: 8_000, warmUpAnswers: 30_000, measureMs: 2_000 }

/** @param {import('../report.mjs').Report} report */
export async function measureFootprint(report) {
  const grown = await makeGrownDirectory(WARM + FURTHER)
  await measureStart(report, grown.directory)
  await measureMemory(report, grown)
}

/**
 * @param {import('../report.mjs').Report} report
 * @param {string} directory
 */
async function measureStart(report, directory) {
  const startTimes = []
  const idle = []
  for (let start = 0; start < STARTS; start += 1) {
    const { pid, startMs, stop } = await startKeyporter(directory)
    startTimes.push(startMs)
    if (start < 3) {
      await sleep(IDLE_MS)
      idle.push(residentMebibytes(pid))
    }
    await stop()
  }
  report.goal({
    what: 'Start to first response, existing database: ms',
    measured: median(startTimes),
    limit: 250,
    sense: 'at most',
  })
  report.goal({
    what: 'Resident memory, idle: MiB',
    measured: median(idle),
    limit: 80,
    sense: 'at most',
  })
}

/**
 * Only credentials in use take memory.
 *
 * @param {import('../report.mjs').Report} report
 * @param {Awaited<ReturnType<typeof makeGrownDirectory>>} grown
 */
async function measureMemory(report, { directory, manager, pairs }) {
  const { pid, port, stop } = await startKeyporter(directory)
  const use = async (/** @type {number} */ from, /** @type {number} */ to, load) => {
    const clients = { manager, pairs: pairs.slice(from, to) }
    const { token } = await keyporterScenarios(port, clients)
    const job = { ...token, pid, port, connections: 16, warmUpMs: 0, measureMs: 0, ...load }
    const measured = await runLoad(job)
    await sleep(SETTLE_MS)
    return { measured, memory: residentMebibytes(pid) }
  }
  // The heap grows with traffic, too: that part is not the credentials'.
  const warm = await use(0, WARM, WARM_UP)
  const further = await use(WARM, WARM + FURTHER, { once: true })
  await stop()
  const { cpuMicroseconds, answers } = further.measured
  report.note(
    `Resident memory: ${warm.memory.toFixed(0)} MiB with ${WARM} clients in use, ` +
      `${further.memory.toFixed(0)} MiB with a further ${FURTHER}.`,
  )
  report.note(
    `The first token of a client, read from the database: ${(cpuMicroseconds / answers).toFixed(0)} µs.`,
  )
  report.goal({
    what: 'Resident memory for each additional 100,000 credentials in use: MiB',
    measured: further.memory - warm.memory,
    limit: 70,
    sense: 'at most',
  })
}
