// 100 MiB through a proxy in both directions: throughput, cost and memory.
import { setTimeout as sleep } from 'node:timers/promises'
import { interleave, rateRatio } from '../harness/measure.mjs'
import { peakMebibytes, resetPeak, residentMebibytes } from '../harness/process-figures.mjs'
import { runLoad } from '../harness/run-load.mjs'
import { runStreams } from '../proxying/run-streams.mjs'
import { startProxies } from '../proxying/start-proxies.mjs'
import { startUpstream } from '../proxying/start-upstream.mjs'

const ROUNDS = 3
const STREAMS = 3
const FIRST_WARM_UP_STREAMS = 3
const WARM_UP_STREAMS = 1
const IDLE_MS = 3_000

const directions = /** @type {const} */ ({ down: '100 MiB download', up: '100 MiB upload' })

/** @type {Record<string, import('../proxying/scenarios.mjs').FlowName>} */
const flows = {
  down: 'down',
  up: 'up',
  'down to a slow reader': 'slowDown',
  'up to a slow reader': 'slowUp',
}

/** @param {import('../report.mjs').Report} report */
export async function measureStreams(report) {
  const upstream = await startUpstream()
  const servers = await startProxies(upstream.origin)
  await measureMemory(report, servers)
  for (const [flow, title] of Object.entries(directions)) {
    const contenders = Object.entries(servers).map(([name, server]) => ({ name, server }))
    const figures = await interleave(contenders, ROUNDS, ({ server }, round) => {
      const warmUpStreams = round === 0 ? FIRST_WARM_UP_STREAMS : WARM_UP_STREAMS
      return runStreams(server, flow, { warmUpStreams, streams: STREAMS })
    })
    report.figures(`${title}, by the MiB`, figures)
    report.goal({
      name: `${title}: MiB/s of Keyporter / MiB/s of http-proxy`,
      measured: rateRatio(figures, 'Keyporter', 'http-proxy'),
      limit: 1,
      comparison: 'at least',
    })
  }
  await Promise.all([...Object.values(servers), upstream].map((server) => server.stop()))
}

/**
 * @param {import('../report.mjs').Report} report
 * @param {Awaited<ReturnType<typeof startProxies>>} servers
 */
async function measureMemory(report, servers) {
  for (const name of ['http-proxy', 'Keyporter']) {
    const { idle, peaks } = await peaksOf(servers[name])
    const list = Object.entries(peaks).map(([flow, peak]) => `${peak.toFixed(0)} ${flow}`)
    report.note(
      `Resident memory of ${name}: ${idle.toFixed(0)} MiB idle; at most ${list.join(', ')}.`,
    )
    if (name !== 'Keyporter') continue
    report.goal({
      name: '100 MiB in both directions, including slow readers: peak memory above idle, MiB',
      measured: Math.max(...Object.values(peaks)) - idle,
      limit: 45,
      comparison: 'at most',
    })
  }
}

/**
 * Measures a server that was just started and has handled one call.
 *
 * @param {import('../harness/peer-server.mjs').Server} server
 */
async function peaksOf(server) {
  const { pid, port, scenarios } = server
  const requests = scenarios.small.requests.slice(0, 1)
  const one = { connections: 1, warmUpMs: 0, measureMs: 0, once: true }
  await runLoad({ ...scenarios.small, requests, ...one, pid, port })
  await sleep(IDLE_MS)
  const idle = residentMebibytes(pid)
  /** @type {Record<string, number>} */
  const peaks = {}
  for (const [name, flow] of Object.entries(flows)) {
    resetPeak(pid)
    await runStreams(server, flow, { warmUpStreams: 0, streams: 1 })
    peaks[name] = peakMebibytes(pid)
  }
  return { idle, peaks }
}
