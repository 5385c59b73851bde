// Interleaved rounds (A B C, A B C), so that other load on the machine affects all contenders equally.
import { runLoad } from './run-load.mjs'
import { median, spread } from './statistics.mjs'

/** @typedef {{ name: string, server: import('./peer-server.mjs').Server, scenario: string }} Contender */

/**
 * @typedef {object} Figures
 * @property {{ median: number, min: number, max: number }} cpuPerResponse microseconds
 * @property {number} perSecond responses per second, median
 * @property {number} p50Ms median of the rounds' medians
 * @property {number} p99Ms
 * @property {import('./load.mjs').Measurement[]} rounds
 */

/** @typedef {Record<string, Figures>} FiguresByName */

// Enough responses for the engine to finish its optimizations on any machine.
const FIRST_WARM_UP = { warmUpMs: 8_000, warmUpResponses: 30_000 }
const WARM_UP = { warmUpMs: 250 }

/**
 * @param {readonly Contender[]} contenders
 * @param {{ rounds: number, connections: number, measureMs: number }} plan
 * @returns {Promise<FiguresByName>}
 */
export async function measureInRounds(contenders, plan) {
  const { rounds, connections, measureMs } = plan
  return interleave(contenders, rounds, ({ server, scenario }, round) => {
    const warmUp = round === 0 ? FIRST_WARM_UP : WARM_UP
    const job = { ...server.scenarios[scenario], ...warmUp, connections, measureMs }
    return runLoad({ ...job, pid: server.pid, port: server.port })
  })
}

/**
 * @template {{ name: string }} C
 * @param {readonly C[]} contenders
 * @param {number} rounds
 * @param {(contender: C, round: number) => Promise<import('./load.mjs').Measurement>} measure
 * @returns {Promise<FiguresByName>}
 */
export async function interleave(contenders, rounds, measure) {
  /** @type {Map<string, import('./load.mjs').Measurement[]>} */
  const measured = new Map(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      measured.get(contender.name).push(await measure(contender, round))
    }
  }
  return Object.fromEntries([...measured].map(([name, results]) => [name, summarize(results)]))
}

/**
 * Returns the cost of one contender divided by the cost of the other: the median of the rounds' ratios. Each
 * round compares figures that were measured seconds apart, so that a slow phase of the machine has no effect.
 *
 * @param {FiguresByName} figures
 * @param {string} one
 * @param {string} other
 */
export function costRatio(figures, one, other) {
  const others = figures[other].rounds
  return median(figures[one].rounds.map((round, index) => costOf(round) / costOf(others[index])))
}

/**
 * Returns the throughput of one contender divided by that of the other, as the median of the rounds' ratios.
 * For streams, where the time includes both ends.
 *
 * @param {FiguresByName} figures
 * @param {string} one
 * @param {string} other
 */
export function rateRatio(figures, one, other) {
  const others = figures[other].rounds
  return median(figures[one].rounds.map((round, index) => rateOf(round) / rateOf(others[index])))
}

/** @param {import('./load.mjs').Measurement} round */
function rateOf({ responseCount, seconds }) {
  return responseCount / seconds
}

/** @param {import('./load.mjs').Measurement} round */
function costOf({ cpuMicroseconds, responseCount }) {
  return cpuMicroseconds / responseCount
}

/**
 * @param {import('./load.mjs').Measurement[]} rounds
 * @returns {Figures}
 */
function summarize(rounds) {
  return {
    cpuPerResponse: spread(rounds.map(costOf)),
    perSecond: median(rounds.map(rateOf)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    rounds,
  }
}
