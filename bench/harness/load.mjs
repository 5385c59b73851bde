// The load generator. Reads one job from standard input and writes its result to standard output.
import { text } from 'node:stream/consumers'
import { requireGood, requireGoodTokens } from './expectations.mjs'
import { cpuMicroseconds } from './process-figures.mjs'
import { runConnection } from './raw-connection.mjs'

/**
 * @typedef {object} Scenario
 * @property {string[]} requests sent in turn
 * @property {import('./expectations.mjs').Expectation} expectation
 * @property {Parameters<typeof requireGoodTokens>[1]} [tokens] expected issuer, audience and scope
 */

/**
 * @typedef {Scenario & {
 *   pid: number, port: number, connections: number, warmUpMs: number, warmUpAnswers?: number,
 *   measureMs: number, once?: boolean,
 * }} Job warms up for `warmUpMs` or `warmUpAnswers` responses, whichever ends first; with
 *   `once`, sends each request once without a time limit
 */

/**
 * @typedef {object} Measurement
 * @property {number} answers
 * @property {number} seconds
 * @property {number} cpuMicroseconds of the server process during the measurement
 * @property {number} p50Ms
 * @property {number} p99Ms
 */

const WARM_UP_STEP_MS = 25
const SAMPLE_EVERY = 499
const SAMPLES_MAX = 40

/** @type {Job} */
const job = JSON.parse(await text(process.stdin))
process.stdout.write(`${JSON.stringify(await measure(job))}\n`)

/**
 * @param {Job} given
 * @returns {Promise<Measurement>}
 */
async function measure(given) {
  const { requests, expectation, pid } = given
  let asked = 0
  let warmUpAnswers = 0
  let answers = 0
  let isMeasuring = given.once === true
  let isOver = false
  const samples = []
  const times = []

  const next = () => {
    if (isOver || (given.once === true && asked === requests.length)) return undefined
    const request = requests[asked % requests.length]
    asked += 1
    return request
  }
  const onAnswer = (answer, milliseconds) => {
    requireGood(expectation, answer)
    if (!isMeasuring) {
      warmUpAnswers += 1
      return
    }
    answers += 1
    times.push(milliseconds)
    if (answers % SAMPLE_EVERY === 1 && samples.length < SAMPLES_MAX) samples.push(answer.body)
  }
  const connections = Promise.all(
    Array.from({ length: given.connections }, () =>
      runConnection({ port: given.port, next, onAnswer }),
    ),
  )
  let startedAt = performance.now()
  let cpuBefore = cpuMicroseconds(pid)
  if (given.once !== true) {
    const warmUpMax = given.warmUpAnswers ?? Number.POSITIVE_INFINITY
    const warmUpEndsAt = performance.now() + given.warmUpMs
    while (performance.now() < warmUpEndsAt && warmUpAnswers < warmUpMax) {
      await Promise.race([sleep(WARM_UP_STEP_MS), connections])
    }
    // Both figures are read between two responses, while nothing else runs in this process.
    isMeasuring = true
    startedAt = performance.now()
    cpuBefore = cpuMicroseconds(pid)
    await Promise.race([sleep(given.measureMs), connections])
    isMeasuring = false
  } else await connections
  const seconds = (performance.now() - startedAt) / 1_000
  const used = cpuMicroseconds(pid) - cpuBefore
  isOver = true
  await connections
  if (given.tokens !== undefined) await requireGoodTokens(samples, given.tokens)
  times.sort((a, b) => a - b)
  return {
    answers,
    seconds,
    cpuMicroseconds: used,
    p50Ms: times[Math.floor(times.length * 0.5)],
    p99Ms: times[Math.floor(times.length * 0.99)],
  }
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
