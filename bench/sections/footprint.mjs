// Start time with existing data, idle memory, and memory for each additional 100,000 credentials in use.
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMebibytes } from '../harness/process-figures.mjs'
import { runLoad } from '../harness/run-load.mjs'
import { median } from '../harness/statistics.mjs'
import { makeDirectoryWithCredentials } from '../keyporter/directory-with-credentials.mjs'
import { keyporterScenarios } from '../keyporter/scenarios.mjs'
import { startKeyporter } from '../keyporter/server.mjs'

const ADDITIONAL_CLIENTS = 100_000
const WARM_CLIENTS = 1_000
const STARTS = 7
const IDLE_MS = 3_000
// Long enough for the garbage collector to run after the last request.
const SETTLE_MS = 8_000
const WARM_UP = { warmUpMs: 8_000, warmUpResponses: 30_000, measureMs: 2_000 }

/** @param {import('../report.mjs').Report} report */
export async function measureFootprint(report) {
  const prepared = await makeDirectoryWithCredentials(WARM_CLIENTS + ADDITIONAL_CLIENTS)
  await measureStart(report, prepared.directory)
  await measureMemory(report, prepared)
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
    name: 'Start to first response, existing database: ms',
    measured: median(startTimes),
    limit: 250,
    comparison: 'at most',
  })
  report.goal({
    name: 'Resident memory, idle: MiB',
    measured: median(idle),
    limit: 80,
    comparison: 'at most',
  })
}

/**
 * Measures resident memory per credential in use. Unused credentials are not loaded.
 *
 * @param {import('../report.mjs').Report} report
 * @param {Awaited<ReturnType<typeof makeDirectoryWithCredentials>>} prepared
 */
async function measureMemory(report, { directory, manager, pairs }) {
  const { pid, port, stop } = await startKeyporter(directory)
  const measureClients = async (/** @type {number} */ from, /** @type {number} */ to, load) => {
    const clients = { manager, pairs: pairs.slice(from, to) }
    const { token } = await keyporterScenarios(port, clients)
    const job = { ...token, pid, port, connections: 16, warmUpMs: 0, measureMs: 0, ...load }
    const measured = await runLoad(job)
    await sleep(SETTLE_MS)
    return { measured, memory: residentMebibytes(pid) }
  }
  // Traffic grows the heap too. The first measurement includes that growth, so the difference is due to the credentials.
  const warm = await measureClients(0, WARM_CLIENTS, WARM_UP)
  const additional = await measureClients(WARM_CLIENTS, WARM_CLIENTS + ADDITIONAL_CLIENTS, {
    once: true,
  })
  await stop()
  const { cpuMicroseconds, responseCount } = additional.measured
  report.note(
    `Resident memory: ${warm.memory.toFixed(0)} MiB with ${WARM_CLIENTS} clients in use, ` +
      `${additional.memory.toFixed(0)} MiB with an additional ${ADDITIONAL_CLIENTS}.`,
  )
  report.note(
    `The first token of a client, read from the database: ${(cpuMicroseconds / responseCount).toFixed(0)} µs.`,
  )
  report.goal({
    name: 'Resident memory for each additional 100,000 credentials in use: MiB',
    measured: additional.memory - warm.memory,
    limit: 70,
    comparison: 'at most',
  })
}
